from __future__ import annotations

import pytest
from pyspark.errors.exceptions import connect

from patchbay_runners.engines.spark_errors import told
from patchbay_sdk.errors import DataError, OperatorError, PatchbayError


@pytest.mark.parametrize(
    ("error", "type", "message"),
    [
        (
            connect.AnalysisException(
                "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column `a` is unknown. SQLSTATE: 42703;\n'Project ['a]\n",
                errorClass="UNRESOLVED_COLUMN.WITH_SUGGESTION",
            ),
            OperatorError,
            "Spark: A column `a` is unknown. Run this step on the engine local, or change it",
        ),
        (
            connect.ArithmeticException(
                "[ARITHMETIC_OVERFLOW] long overflow. Use 'try_add' to tolerate overflow. If necessary set "
                '"spark.sql.ansi.enabled" to "false". SQLSTATE: 22003\n\nJVM stacktrace:\norg.apache',
                errorClass="ARITHMETIC_OVERFLOW",
            ),
            DataError,
            "A value cannot be computed: long overflow. Change the step, or repair the values before it.",
        ),
        (
            connect.SparkException("Job aborted due to stage failure: java.lang.OutOfMemoryError: Java heap space"),
            OperatorError,
            "give it more (PATCHBAY_SPARK_MEMORY)",
        ),
        (
            connect.SparkConnectGrpcException("<_MultiThreadedRendezvous: status = StatusCode.UNAVAILABLE\n details"),
            OperatorError,
            "The Spark server ended, or cannot be reached",
        ),
    ],
    ids=["query", "value", "memory", "gone"],
)
def test_the_first_sentence_and_what_to_do(error: Exception, type: type[PatchbayError], message: str) -> None:
    with pytest.raises(PatchbayError) as caught, told():
        raise error
    assert caught.type is type and caught.value.__cause__ is error
    assert message in caught.value.message


def test_errors_of_others_pass() -> None:
    with pytest.raises(ValueError, match="mine"), told():
        raise ValueError("mine")
