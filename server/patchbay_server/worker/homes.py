"""Which environment a task needs, because of its operator or because of the steps that it is to apply."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk.errors import UnknownOperator
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import Home, OperatorSpec


def home_of_task(
    spec: OperatorSpec, inputs: Mapping[str, Sequence[str]], store: ArtifactStore, catalogue: Catalogue
) -> Home | None:
    """The home of the operator, or of the first published operator that made a transform among the inputs.

    Applying a transform, or predicting with a model, runs the code of the operators that made the steps. So such a
    task of an installed operator runs where those can. None: everything is installed.
    """
    if spec.home is not None or not catalogue.published:
        return spec.home
    for port in spec.inputs:
        for id in inputs.get(port.name, ()) if port.type in ("transform", "model", "any") else ():
            for operator in makers(store, id):
                home = _home(catalogue, operator)
                if home is not None:
                    return home
    return None


def makers(store: ArtifactStore, id: str) -> Iterator[str]:
    """``id@version`` of the operators whose code it takes to use a transform or a model.

    Raises:
        ArtifactError: the artifact is not in the store.
    """
    manifest = store.manifest(id)
    if manifest.type == "transform":
        yield str(manifest.meta["operator"])
    elif manifest.type == "model":
        for name, path in store.open(id).items():
            if name.startswith("transforms/") and name.endswith("/transform.json"):
                yield str(json.loads(path.read_text(encoding="utf-8"))["operator"])


def _home(catalogue: Catalogue, operator: str) -> Home | None:
    try:
        return catalogue.get(operator).home
    except UnknownOperator:  # whoever applies the step says so
        return None
