"""What an operator author imports. Everything named here is public and documented in docs/sdk.md."""

from patchbay_sdk.context import Context
from patchbay_sdk.errors import (
    ArtifactError,
    Cancelled,
    CheckFailed,
    DataError,
    ExpressionError,
    OperatorError,
    ParamError,
    PatchbayError,
    SpecError,
    UnknownOperator,
)
from patchbay_sdk.estimators import dump_estimator, load_estimator
from patchbay_sdk.features import feature_matrix, refuse_values
from patchbay_sdk.hookspecs import hookimpl
from patchbay_sdk.model import Model
from patchbay_sdk.operator import Learner, Operator, Outputs, SparkLearner
from patchbay_sdk.params import ParamProblem
from patchbay_sdk.ports import PORT_TYPES, can_connect, convert
from patchbay_sdk.published import current_catalogue
from patchbay_sdk.registry import Catalogue, find_operator
from patchbay_sdk.schema import KINDS, TYPES, Column, Schema, common_type
from patchbay_sdk.search_space import Dimension, SearchSpace, search_space
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform
from patchbay_sdk.values import Chart, File, Metrics

__all__ = [
    "KINDS",
    "PORT_TYPES",
    "TYPES",
    "ArtifactError",
    "Cancelled",
    "Catalogue",
    "Chart",
    "CheckFailed",
    "Column",
    "Context",
    "DataError",
    "Dimension",
    "ExpressionError",
    "File",
    "Learner",
    "Metrics",
    "Model",
    "Operator",
    "OperatorError",
    "OperatorSpec",
    "Outputs",
    "ParamError",
    "ParamProblem",
    "PatchbayError",
    "Schema",
    "SearchSpace",
    "SparkLearner",
    "SpecError",
    "Table",
    "Transform",
    "UnknownOperator",
    "can_connect",
    "common_type",
    "convert",
    "current_catalogue",
    "dump_estimator",
    "feature_matrix",
    "find_operator",
    "hookimpl",
    "load_estimator",
    "refuse_values",
    "search_space",
]
