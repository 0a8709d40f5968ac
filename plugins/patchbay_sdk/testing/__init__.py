"""What an operator author tests with: run an operator on its spec's examples, on generated tables, and check its code.

In a test file of a plugin::

    @pytest.mark.parametrize("case", example_cases("my_package"), ids=str)
    def test_example(case, tmp_path):
        case.run(tmp_path)
"""

from patchbay_sdk.outputs import check_outputs
from patchbay_sdk.testing.cases import Case, example_cases, run_example, run_operator
from patchbay_sdk.testing.code import check_code
from patchbay_sdk.testing.expected import assert_value
from patchbay_sdk.testing.generated import generated_tables, try_generated
from patchbay_sdk.testing.values import table_of, value_of

__all__ = [
    "Case",
    "assert_value",
    "check_code",
    "check_outputs",
    "example_cases",
    "generated_tables",
    "run_example",
    "run_operator",
    "table_of",
    "try_generated",
    "value_of",
]
