"""skops.io, imported without torch.

While it is imported, skops looks through every package of scikit-learn for estimators, and one of them imports torch
where that is installed: 2 s and 180 MB in every process that reads or writes a model. No estimator is in there.
"""

from __future__ import annotations

import sys
from types import ModuleType

_ADAPTER = "sklearn.externals.array_api_compat.torch"

if _ADAPTER in sys.modules:
    import skops.io as io
else:
    sys.modules[_ADAPTER] = ModuleType(_ADAPTER)
    try:
        import skops.io as io
    finally:
        del sys.modules[_ADAPTER]

__all__ = ["io"]
