# Every developer command, in one place. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

RUN_EXTRAS := operators,server,postgres,s3,spark,ray,deepspeed
DEV_EXTRAS := operators,server,postgres,dev
ALL_EXTRAS := $(RUN_EXTRAS),dev
BUILD_BACKEND := hatchling editables

# As environment variables the constraints hold for build backends too, in old and new versions of pip.
PIP_LOCKED := PIP_CONSTRAINT=requirements.lock PIP_BUILD_CONSTRAINT=requirements.lock

.DEFAULT_GOAL := help
.PHONY: help run demo test lint bench lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.installed-run ## Start Patchbay, run the sample yield flow, print its scores and the URL, keep serving
	@$(BIN)/patchbay up --demo $(ARGS)

demo: $(VENV)/.installed-demo ## Run the sample yield flow on real data, print its scores, exit
	@$(BIN)/patchbay demo $(ARGS)

test: $(VENV)/.installed-dev ## Run the tests (ARGS="-k name" for some of them)
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

lint: $(VENV)/.installed-dev ## Check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev ## Measure, one JSON line per figure
	@$(BIN)/python -m tests.bench $(ARGS)

lock: $(VENV)/.python ## Resolve the newest versions that work together into requirements.lock
	$(BIN)/python -m pip install --quiet --dry-run --ignore-installed --report $(VENV)/resolved.json $(BUILD_BACKEND) '.[$(ALL_EXTRAS)]'
	$(BIN)/python .ci/lock.py $(VENV)/resolved.json > requirements.lock

clean: ## Remove the virtual environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist

# A stamp is touched last, so an interrupted installation is done again and a finished one costs nothing.
$(VENV)/.installed-%: $(VENV)/.python pyproject.toml requirements.lock
	@echo "Installing Patchbay for 'make $(or $(MAKECMDGOALS),run)' (exact versions from requirements.lock)"
	@$(PIP_LOCKED) $(BIN)/python -m pip install --quiet -e '.[$(EXTRAS)]'
	@touch $@

$(VENV)/.installed-run: EXTRAS := $(RUN_EXTRAS)
$(VENV)/.installed-demo: EXTRAS := operators,server,postgres
$(VENV)/.installed-dev: EXTRAS := $(DEV_EXTRAS)

$(VENV)/.python:
	@command -v $(PYTHON) > /dev/null || { echo "Patchbay needs Python 3.11 or newer, and '$(PYTHON)' is not there. Install it, or name another: make run PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Patchbay needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another one: make run PYTHON=/path/to/python" % v[:2])'
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@touch $@
