"""Which transforms a table has had since its source (docs/architecture.md, "Lineage")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from patchbay_runners.artifacts import StoredTransforms
from patchbay_sdk.spec import OutputPort
from patchbay_sdk.table import Table


def lineage_of_table(table: Table) -> list[str]:
    """Ids of the transforms in a table's lineage, as far as they are stored: those after one without id are cut."""
    if isinstance(table.lineage, StoredTransforms):
        return list(table.lineage.ids)
    ids = [transform.id for transform in table.lineage]
    return ids[: ids.index("")] if "" in ids else ids


def output_lineage(
    port: OutputPort,
    table: Table,
    inputs: Mapping[str, Sequence[Sequence[str]]],
    saved: Mapping[str, str],
    warn: Callable[[str], None],
) -> list[str]:
    """Lineage of an output table: that of the input the port continues, and the transform just learned.

    Args:
        port: the output port.
        table: the value; when it carries further stored transforms (``apply.transform``), they count too.
        inputs: input port -> lineage per artifact connected to it.
        saved: output port -> artifact id, of the outputs stored so far.
        warn: told when several tables of one port were prepared differently.
    """
    if port.lineage is None:
        return []
    declared = _common(inputs.get(port.lineage, []), port.lineage, warn)
    if port.learned is not None:
        declared = [*declared, saved[port.learned]]
    carried = lineage_of_table(table)
    return carried if carried[: len(declared)] == declared else declared


def _common(lineages: Sequence[Sequence[str]], port: str | None, warn: Callable[[str], None]) -> list[str]:
    if not lineages:
        return []
    common = list(lineages[0])
    for lineage in lineages[1:]:
        while list(lineage[: len(common)]) != common:
            common.pop()
    if any(len(lineage) > len(common) for lineage in lineages):
        warn(
            f"The tables of input {port!r} were prepared by different steps; a model trained on the result cannot "
            "repeat them on new data. Put the tables together first and prepare the result."
        )
    return common
