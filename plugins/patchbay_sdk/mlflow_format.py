"""The files that make a saved model loadable with ``mlflow.pyfunc.load_model``.

Layout: https://mlflow.org/docs/latest/ml/model/#storage-format. They are written without MLflow, which is not a
dependency, as JSON: every JSON document is YAML too.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from pathlib import Path


def write_mlflow_files(folder: Path, libraries: Mapping[str, str]) -> None:
    """Write MLmodel, python_env.yaml and requirements.txt beside a saved model.

    There is no signature: MLflow would refuse whole numbers where decimal ones are declared, and the reverse as soon
    as one is missing. `Model.prepare` checks the columns itself.
    """
    flavor = {
        "loader_module": "patchbay_sdk.mlflow_loader",
        "python_version": platform.python_version(),
        "env": {"virtualenv": "python_env.yaml"},
    }
    _write(folder / "MLmodel", {"flavors": {"python_function": flavor}})
    _write(folder / "python_env.yaml", {"python": platform.python_version(), "dependencies": ["-r requirements.txt"]})
    lines = [f"{_distribution(name)}=={version}\n" for name, version in sorted(libraries.items())]
    (folder / "requirements.txt").write_text("".join(lines), encoding="utf-8")


def _distribution(library: str) -> str:
    return "patchbay[operators]" if library == "patchbay" else library


def _write(path: Path, document: Mapping[str, object]) -> None:
    path.write_text(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
