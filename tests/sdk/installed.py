"""Distributions that bring specs, made in a folder of a test or benchmark."""

import json
from pathlib import Path

import patchbay_sdk.registry
from patchbay_sdk.registry import specs_folder


def install(folder: Path, package: str, value: str = "") -> Path:
    """Make a distribution with one package; its folder of specs of the family ``many``. `value`: of its entry point."""
    specs = folder / package / "operator_specs" / "many"
    specs.mkdir(parents=True)
    (folder / package / "__init__.py").write_text("")
    info = folder / f"{package}-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package.replace('_', '-')}\nVersion: 1.0.0\n")
    group = patchbay_sdk.registry.ENTRY_POINT_GROUP
    (info / "entry_points.txt").write_text(f"[{group}]\nspecs = {value or package}\n")
    return specs


def write_specs(specs: Path, number: int) -> None:
    """So many valid specs, with conditions, texts in two languages and examples: ``many.op<n>@1.0.0``."""
    template = specs_folder("patchbay_operators") / "clean" / "fill_missing.json"
    raw = json.loads(template.read_text(encoding="utf-8"))
    for each in range(number):
        text = json.dumps({**raw, "id": f"many.op{each}", "version": "1.0.0"}, ensure_ascii=False)
        (specs / f"op{each}.json").write_text(text, encoding="utf-8")
