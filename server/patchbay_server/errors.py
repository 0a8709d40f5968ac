"""The server's branch of the error tree; its root comes from `patchbay_sdk.errors`.

::

    PatchbayError
    └── ServerError              anything the control plane refuses or cannot do
        └── GraphError           a flow cannot be used as it is; `details["problems"]` lists everything that is wrong
            ├── DocumentError    the flow document is not what docs/flow-document.md describes
            ├── FlowParamError   a flow param is unknown, has no value, or has one that is not allowed
            ├── PlanError        no plan can be made: unknown node, cycle, too many tasks
            └── MigrationError   an operator's migrations cannot be applied to a node
"""

from __future__ import annotations

from patchbay_sdk.errors import PatchbayError


class ServerError(PatchbayError):
    """Root of the server's branch."""

    code = "server_error"


class GraphError(ServerError):
    """A flow cannot be used as it is; raised through `graph.problem.error_of`."""

    code = "flow_invalid"


class DocumentError(GraphError):
    """The flow document is malformed; the message names node, field, value and what is allowed."""

    code = "document_invalid"


class FlowParamError(GraphError):
    """A flow param is unknown, has no value, or has a value that its declared type does not allow."""

    code = "flow_param_invalid"


class PlanError(GraphError):
    """No plan can be made of this flow."""

    code = "plan_impossible"


class MigrationError(GraphError):
    """An operator's migrations cannot be applied to a node."""

    code = "migration_impossible"
