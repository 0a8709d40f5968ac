"""What a pool has, as people write it: in a file for all pools, or in one environment variable for each.

The file is TOML, or JSON where its name says so, with a table for each pool::

    [train]
    workers = 4
    cpu = 16
    memory = "64Gi"

    [test]
    policy = "mixed"
    isolated_cpu = 4
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

Policy = Literal["elastic", "fixed", "mixed"]
POOLS: Mapping[str, Policy] = {"train": "elastic", "test": "mixed", "inference": "fixed"}
"""Every pool, and the policy that it has if none is declared."""
Values = dict[str, Any]
"""Of one pool: key of `KEYS` -> value."""


class Capacity(NamedTuple):
    """CPUs, GPUs, bytes of memory."""

    cpu: float
    gpu: float
    memory: int


NOTHING = Capacity(0.0, 0.0, 0)


@dataclass(frozen=True, slots=True)
class Pool:
    """What one pool may use at once on this platform, and what `patchbay up` starts for it."""

    workers: int
    """Worker processes."""
    drivers: int
    """Processes that run tasks on heavy engines, which wait more than they compute."""
    cpu: float
    gpu: float
    memory: int
    """Bytes."""
    policy: Policy
    isolated: Capacity = NOTHING
    """The part of a mixed pool that is for load tests alone."""


def pool_of(name: str, values: Mapping[str, Any], cpus: int, memory: int) -> Pool:
    """A pool with these values, and defaults from the machine's CPUs and bytes of memory for the rest.

    Raises:
        ValueError: values that do not go together; the message names them.
    """
    given = dict(values)
    is_train = name == "train"
    pool = Pool(
        workers=given.pop("workers", max(1, cpus // 2) if is_train else 1),
        drivers=given.pop("drivers", 1),
        cpu=given.pop("cpu", float(cpus)),
        gpu=given.pop("gpu", 0.0),
        memory=given.pop("memory", memory),
        policy=given.pop("policy", POOLS[name]),
    )
    if pool.policy == "mixed":
        return replace(pool, isolated=_isolated(name, pool, given))
    if given:
        raise ValueError(f"Pool {name}: {min(given)} is for the policy mixed, and its policy is {pool.policy}.")
    return pool


def _isolated(name: str, pool: Pool, given: Mapping[str, Any]) -> Capacity:
    """Half of the pool where nothing is given, in whole CPUs and GPUs."""
    cpu = given.get("isolated_cpu", float(pool.cpu // 2))
    gpu = given.get("isolated_gpu", float(pool.gpu // 2))
    memory = given.get("isolated_memory", pool.memory // 2 if cpu else 0)
    for what, part, whole in (("cpu", cpu, pool.cpu), ("gpu", gpu, pool.gpu), ("memory", memory, pool.memory)):
        if part > whole:
            raise ValueError(f"Pool {name}: isolated_{what} ({part:g}) is more than its {what} ({whole:g}).")
    return Capacity(cpu, gpu, memory)


def read_file(path: Path) -> dict[str, Values]:
    """Pool -> what the file says of it.

    Raises:
        ValueError: the message names the file, what is wrong in it and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
        raw = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: cannot be read: {error}.") from None
    if not isinstance(raw, dict):
        raise ValueError(f"{path}: a table for each pool is needed: {', '.join(POOLS)}.")
    found: dict[str, Values] = {}
    for name, table in raw.items():
        if name not in POOLS:
            raise ValueError(f"{path}: there is no pool {name!r}; there are: {', '.join(POOLS)}.")
        if not isinstance(table, dict):
            raise ValueError(f"{path}: {name}={table!r}: a table is needed, such as [{name}] with cpu = 4 below it.")
        found[name] = {key: _checked(f"{path}: {name}.{key}", key, value) for key, value in table.items()}
    return found


def read_parts(variable: str, text: str) -> Values:
    """The values in a text such as ``workers=2 cpu=8 memory=32Gi``. Raises ValueError naming the variable."""
    found: Values = {}
    for part in text.split():
        key, _, value = part.partition("=")
        try:
            found[key] = KEYS[key][0](value)
        except (KeyError, ValueError):
            allowed = " ".join(f"{key}={example}" for key, (_, example, _) in KEYS.items())
            raise ValueError(f"{variable}: {part!r} is not understood; allowed are {allowed}.") from None
    return found


def _checked(place: str, key: str, value: Any) -> Any:
    if key not in KEYS:
        raise ValueError(f"{place}: there is no such key; there are: {', '.join(KEYS)}.")
    read, _, allowed = KEYS[key]
    try:
        return read(value)
    except ValueError:
        raise ValueError(f"{place}={value!r}: {allowed} is needed.") from None


def _count(value: Any) -> int:
    number = _amount(value)
    if number != int(number):
        raise ValueError(value)
    return int(number)


def _amount(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(value)
    number = float(value)
    if not 0 <= number < float("inf"):
        raise ValueError(value)
    return number


def _memory(value: Any) -> int:
    from patchbay_sdk.spec import parse_memory

    try:
        return int(_amount(parse_memory(value)))
    except (TypeError, KeyError, OverflowError):
        raise ValueError(value) from None


def _policy(value: Any) -> str:
    if value not in get_args(Policy):
        raise ValueError(value)
    return str(value)


Reader = Callable[[Any], Any]
_COUNT: tuple[Reader, str, str] = (_count, "N", "a whole number from 0 on")
_AMOUNT: tuple[Reader, str, str] = (_amount, "N", "a number from 0 on")
_MEMORY: tuple[Reader, str, str] = (_memory, "NGi", 'a size such as "512Mi" or "64Gi"')
KEYS: Mapping[str, tuple[Reader, str, str]] = {
    "workers": _COUNT, "drivers": _COUNT, "cpu": _AMOUNT, "gpu": _AMOUNT, "memory": _MEMORY,
    "policy": (_policy, "|".join(get_args(Policy)), f"one of {', '.join(get_args(Policy))}"),
    "isolated_cpu": _AMOUNT, "isolated_gpu": _AMOUNT, "isolated_memory": _MEMORY,
}  # fmt: skip
"""Key -> how its value is read (raises ValueError), an example of it, and what is allowed."""
