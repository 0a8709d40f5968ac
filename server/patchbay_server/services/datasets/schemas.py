"""The columns of datasets that flows read, known before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_sdk.propagation import Infer, Schemas
from patchbay_sdk.schema import Schema
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine.errors import NotFound
from patchbay_server.services.datasets import versions
from patchbay_server.services.datasets.pins import dataset_params
from patchbay_server.services.platform import Platform


def infer_in(platform: Platform, project_id: int) -> Infer:
    """Asks operators in the plugin host; of one that starts from a dataset, the platform knows the answer itself."""

    def asked(spec: OperatorSpec, params: Mapping[str, Any], schemas: Schemas) -> Schemas:
        named = [] if spec.inputs else list(dataset_params(spec, params))
        if not named:
            return platform.plugin_host.infer(spec, params, schemas)
        _, name, number = named[0]
        return {
            port.name: _columns(platform, project_id, name, number) for port in spec.outputs if port.type == "table"
        }

    return asked


def _columns(platform: Platform, project_id: int, name: str, number: int | None) -> Schema | None:
    try:
        return Schema.from_json(versions.find(platform, project_id, name, number).schema)
    except NotFound:
        return None  # running the node says so
