"""One thread for numerical libraries, those that were not loaded before included."""

from __future__ import annotations

import subprocess
import sys

WITHIN = """
from patchbay_operators.one_thread import one_thread
with one_thread():
    import sklearn.ensemble
    from threadpoolctl import threadpool_info
    pools = threadpool_info()
print(sorted({(pool["user_api"], pool["num_threads"]) for pool in pools}))
"""


def test_scikit_learn_takes_one_thread_though_it_was_not_loaded() -> None:
    said = subprocess.run([sys.executable, "-c", WITHIN], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[('blas', 1), ('openmp', 1)]"
