"""Turn pip's resolution report into constraint lines: `python .ci/lock.py report.json > requirements.lock`."""

import json
import sys
from pathlib import Path

HEADER = "# Exact versions of every dependency of every extra. Made by `make lock`; used as pip constraints."


def constraints(report: dict) -> list[str]:
    """`name==version`, sorted, without Patchbay itself and without local labels such as `+cpu`."""
    packages = [item["metadata"] for item in report["install"]]
    pinned = {p["name"].lower(): p["version"].partition("+")[0] for p in packages if p["name"] != "patchbay"}
    return [f"{name}=={version}" for name, version in sorted(pinned.items())]


if __name__ == "__main__":
    sys.stdout.write("\n".join([HEADER, *constraints(json.loads(Path(sys.argv[1]).read_text()))]) + "\n")
