"""What operators do on Ray: functions over many items, and functions over the batches of a table.

The task process is connected before the operator is called. Every task and actor takes a CPU, and a place of the
task's pool where the cluster has such places, so that heavy work never takes more than its pool.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text, batches_done
from patchbay_sdk import Context, PatchbayError

if TYPE_CHECKING:
    import pyarrow as pa

POLL = 0.5
"""Seconds between looks at whether the run was cancelled."""


def pool_of(context: Context) -> dict[str, float]:
    """What a task or actor takes of the task's pool, as Ray resources: nothing where the cluster knows no such pool."""
    import ray

    name = f"pool_{context.pool}"
    return {name: 1.0} if name in ray.cluster_resources() else {}


def places(context: Context) -> int:
    """How many tasks of this pool may run at once, at least 1."""
    import ray

    total = ray.cluster_resources()
    return max(1, int(min(total.get(name, 1.0) for name in ("CPU", *pool_of(context)))))


def run_parallel(
    context: Context, function: Callable[..., Any], items: Sequence[Any], *shared: Any, told: Callable[[int, int], Text]
) -> list[Any]:
    """``function(item, *shared)`` for each item, in parallel; the results in the order of the items.

    `shared` is put into the object store once. `told`: in words, how many are done of how many.
    On an error or cancel, what still runs is ended.

    Raises:
        PatchbayError: what the function raises; the first in time.
        Cancelled: the run was cancelled.
    """
    import ray

    remote = ray.remote(num_cpus=1, resources=pool_of(context), max_retries=2)(function)
    handles = [ray.put(value) for value in shared]
    waiting = [remote.remote(item, *handles) for item in items]
    position = {reference: number for number, reference in enumerate(waiting)}
    results: list[Any] = [None] * len(waiting)
    try:
        while waiting:
            context.check_cancelled()
            done, waiting = ray.wait(waiting, timeout=POLL)
            for reference in done:
                results[position[reference]] = value_of(reference)
                finished = len(results) - len(waiting)
                context.progress(finished / len(results), told(finished, len(results)).as_json())
    finally:
        for reference in waiting:
            ray.cancel(reference, force=True)
    return results


def value_of(reference: Any) -> Any:
    """The value of an object reference; an error of ours comes as it was raised, without Ray's wrapping."""
    import ray

    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, PatchbayError):
            raise error.cause from None
        raise


def map_batches(
    context: Context, batches: Sequence[pa.Table], worker: type, arguments: Sequence[Any], concurrency: int
) -> Iterator[pa.Table]:
    """What ``worker(*arguments)(number, batch)`` gives for each batch, in their order, as Ray Data has them computed.

    Args:
        batches: Arrow tables; `number` counts them from 0.
        worker: a class with ``__call__``, made once in each actor.
        concurrency: actors at most; 0: as many as the pool has places, and no more than there are batches.

    Raises:
        PatchbayError: what the worker raises.
    """
    import ray
    from ray.data import ActorPoolStrategy

    _quiet()
    most = min(concurrency or places(context), len(batches))
    dataset = ray.data.from_arrow([_numbered(number, batch) for number, batch in enumerate(batches)])
    results = dataset.map_batches(
        _Numbered,
        fn_constructor_args=(worker, *[ray.put(argument) for argument in arguments]),
        compute=ActorPoolStrategy(min_size=1, max_size=most),
        batch_size=None,  # a block is a batch: the same boundaries as without Ray
        batch_format="pyarrow",
        zero_copy_batch=True,
        num_cpus=1,
        resources=pool_of(context),
    )
    for done, block in enumerate(results.iter_batches(batch_size=None, batch_format="pyarrow"), 1):
        context.check_cancelled()
        yield from map(_opened, block.to_pylist())
        context.progress(done / len(batches), batches_done(done, len(batches)).as_json())


NUMBER = "__batch"
"""The column that tells a batch its number."""


def _numbered(number: int, batch: pa.Table) -> pa.Table:
    import pyarrow as pa

    return batch.append_column(NUMBER, pa.repeat(pa.scalar(number, pa.int64()), batch.num_rows))


class _Numbered:
    """The worker within an actor.

    What it gives travels as one value, so that Ray Data changes nothing about it; so does an error of ours, of which
    Ray Data would hand on the text alone.
    """

    def __init__(self, worker: type, *references: Any) -> None:
        import ray

        self._make = functools.partial(worker, *ray.get(list(references)))
        self._worker: Any = None

    def __call__(self, batch: pa.Table) -> pa.Table:
        import pyarrow as pa

        try:
            self._worker = self._worker or self._make()
            result = self._worker(batch[NUMBER][0].as_py(), batch.drop_columns([NUMBER]))
        except PatchbayError as error:
            return _sent(error=pickle.dumps(error))
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, result.schema) as writer:
            writer.write_table(result)
        return _sent(result=sink.getvalue().to_pybytes())


def _sent(**values: bytes) -> pa.Table:
    import pyarrow as pa

    return pa.table({name: pa.array([values.get(name)], pa.large_binary()) for name in ("result", "error")})


def _opened(row: Mapping[str, Any]) -> pa.Table:
    import pyarrow as pa

    if row["error"] is not None:
        raise pickle.loads(row["error"])
    return pa.ipc.open_stream(row["result"]).read_all()


def _quiet() -> None:
    """Results in order, and nothing drawn on a terminal that is not there."""
    import logging

    from ray.data import DataContext

    settings = DataContext.get_current()
    settings.execution_options.preserve_order = True
    settings.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # errors are raised, too
