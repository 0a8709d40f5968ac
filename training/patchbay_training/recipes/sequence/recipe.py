"""train.sequence: a transformer on windows of sensor series: remaining life, or a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_sdk import Context, DataError, ParamError, Table
from patchbay_training.recipe import Prepared, Recipe
from patchbay_training.targets import in_units, scaled


class Series(Recipe):
    """Answers for the moment of each row, from the rows up to it."""

    def prepare(
        self,
        context: Context,
        table: Table,
        validation: Table | None,
        *,
        task: str,
        time: str,
        window: int,
        width: int,
        depth: int,
        heads: int,
        dropout: float,
        patch: int,
        entity: str = "",
        sensors: Sequence[str] = (),
        target: str = "",
        horizon: int = 24,
        cap: float = 125.0,
        holdout: float = 0.1,
        **_: Any,
    ) -> Prepared:
        """Raises DataError when the table does not fit."""
        from patchbay_training.data import Rows
        from patchbay_training.recipes.sequence.data import WindowReader, futures, remaining_life

        if window % patch or width % heads:
            raise ParamError(
                f"window ({window}) must be a multiple of patch ({patch}), width ({width}) of heads ({heads})."
            )
        chosen = list(sensors) or [n for n in table.schema.of_kind("number") if n not in (entity, time)]
        if task == "forecast" and target not in chosen:
            chosen = [target, *chosen]
        train, valid = self._parts(table, validation, entity, time, holdout, context.seed)
        reader = WindowReader.learn(train, entity, time, chosen, window)
        windows = [reader.take(part, chosen) for part in (train, valid)]
        if task == "forecast":
            found = [futures(reader, part, target, horizon) for part in (train, valid)]
            windows = [each[places] for each, (places, _) in zip(windows, found, strict=True)]
            place, numbers = chosen.index(target), reader.options["numbers"]  # forecasts are in the units of the window
            targets = in_units(found[0][1], found[1][1], numbers["mean"][place], numbers["deviation"][place])
        else:
            targets = scaled(*(remaining_life(reader, part, cap) for part in (train, valid)))
        return Prepared(
            train=Rows(windows[0], targets.train),
            valid=Rows(windows[1], targets.valid),
            reader=reader,
            network="patchbay_training.recipes.sequence.model:SequenceTransformer",
            options={
                "steps": window,
                "sensors": len(chosen),
                "outputs": targets.outputs,
                "patch": patch,
                "width": width,
                "depth": depth,
                "heads": heads,
                "dropout": dropout,
                "anchor": chosen.index(target) if task == "forecast" else None,
            },
            loss="regression",
            task="regression",
            features=list(dict.fromkeys([*filter(None, (entity, time)), *chosen])),
            target=None,  # the past of the target is an input
            scale=targets.scale,
        )

    @staticmethod
    def _parts(
        table: Table, validation: Table | None, entity: str, time: str, share: float, seed: int
    ) -> tuple[Table, Table]:
        """Whole series are held out, because rows of one series tell each other's answers; of one series its end."""
        import polars as pl

        frame = table.polars()
        table.require(*filter(None, (entity, time)))
        if validation is not None:
            return table, validation
        if entity:
            names = frame[entity].unique().sort()
            count = max(1, round(len(names) * share))
            if len(names) < 2:
                raise DataError(
                    f"There is one series only ({entity!r}): give validation rows, or leave the entity empty."
                )
            drawn = names.sample(count, seed=seed)
            is_valid = pl.col(entity).is_in(drawn.implode())
            return table.replace(frame.filter(~is_valid)), table.replace(frame.filter(is_valid))
        ordered = frame.sort(time)
        cut = ordered.height - max(1, round(ordered.height * share))
        return table.replace(ordered[:cut]), table.replace(ordered[cut:])
