"""All errors that Patchbay raises on purpose.

::

    PatchbayError
    ├── SpecError            an operator's spec is wrong (the author's mistake)
    ├── ParamError           a param, port or setting has a value that is not allowed
    │   └── ExpressionError  an expression cannot be parsed, or uses something it may not
    ├── DataError            the data cannot be used as it is (the user's table or file)
    │   └── CheckFailed      a quality gate found problems and is set to fail
    ├── OperatorError        the operator's code broke its own spec
    │   └── UnknownOperator  no installed package has this id and version
    │       └── WithdrawnOperator  it was published, and must not be used any more
    ├── ArtifactError        a stored value is missing, broken or cannot be written
    │   ├── ArtifactLost     it, or a part of it, is not in the store
    │   └── ArtifactCorrupt  its content is not what its hash says
    └── Cancelled            the run was cancelled while the operator was working

The server adds its own branch, `patchbay_server.errors.ServerError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class PatchbayError(Exception):
    """Root of the tree: a message for people, a stable `code` and `details` for programs.

    Args:
        message: what happened to which thing, and what to do; or the same by language, ``{"en": ..., "zh-CN": ...}``.
            Pages show the reader's language, which travels as `details["texts"]`; the log has the English one.
        details: figures and names by name; `reason` tells errors of one code apart.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str | Mapping[str, str], **details: Any) -> None:
        texts = {} if isinstance(message, str) else {"texts": dict(message)}
        self.message = message if isinstance(message, str) else message["en"]
        super().__init__(self.message)
        self.details = {**details, **texts}


class SpecError(PatchbayError):
    """An operator's spec is wrong; `details` names the file and the place in it."""

    code = "spec_invalid"


class ParamError(PatchbayError):
    """A param has a value that is not allowed; the message names field, value and what is allowed."""

    code = "param_invalid"


class ExpressionError(ParamError):
    """An expression cannot be parsed, names an unknown column, or uses a function that is not allowed."""

    code = "expression_invalid"


class DataError(PatchbayError):
    """The data cannot be used as it is; the message names the column or row and says what to do."""

    code = "data_invalid"


class CheckFailed(DataError):
    """A quality gate found problems and is set to fail; `details["problems"]` lists them."""

    code = "check_failed"


class OperatorError(PatchbayError):
    """An operator's code broke its own spec: a port that is missing, a wrong type, a bad signature."""

    code = "operator_failed"


class UnknownOperator(OperatorError):
    """No installed package has this operator id and version; the message names what is installed."""

    code = "operator_unknown"


class WithdrawnOperator(UnknownOperator):
    """This operator was published and then withdrawn; the message says why, and what to use instead."""

    code = "operator_withdrawn"


class ArtifactError(PatchbayError):
    """A stored value is missing, does not match its hash, or cannot be written (disk full, permission)."""

    code = "artifact_invalid"


class ArtifactLost(ArtifactError):
    """A stored value, or a part of it, is not in the store any more; making it again brings it back."""

    code = "artifact_lost"


class ArtifactCorrupt(ArtifactError):
    """A stored value was changed on disk: it is not what its hash says. Making it again mends it."""

    code = "artifact_corrupt"


class Cancelled(PatchbayError):
    """Raised by `Context.check_cancelled` once the run was cancelled; operators let it pass."""

    code = "cancelled"
