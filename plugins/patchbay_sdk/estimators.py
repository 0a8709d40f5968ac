"""scikit-learn estimators on disk, through skops: no pickle, only types from a trusted list are loaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from patchbay_sdk.errors import ArtifactError

TRUSTED_CLASSES = re.compile(r"(sklearn|scipy\.(sparse|interpolate)|numpy\.random)(\.\w+)*\.[A-Z]\w*")
"""Classes that may be constructed on loading; functions and anything else are refused by name."""


def dump_estimator(estimator: Any, path: Path) -> None:
    """Write a fitted estimator as a skops file."""
    import skops.io

    skops.io.dump(estimator, path)


def load_estimator(path: Path) -> Any:
    """Read a skops file. Raises ArtifactError when it holds types that `TRUSTED_CLASSES` does not match."""
    import skops.io

    untrusted = skops.io.get_untrusted_types(file=path)
    refused = [name for name in untrusted if not TRUSTED_CLASSES.fullmatch(name)]
    if refused:
        raise ArtifactError(f"The model file {path.name} holds types that are not trusted: {', '.join(refused)}.")
    return skops.io.load(path, trusted=untrusted)
