"""Random states: three pools, four projects, some with quotas."""

from hypothesis import strategies as st

from patchbay_server.engine.admission import Pool, Quota, Running, Slots, State, Waiting

PROJECTS = st.integers(1, 4)
POOLS = {
    "inference": Pool("fixed", Slots(6, 2, 20)),
    "test": Pool("mixed", Slots(6, 1, 20), Slots(2, 1, 8)),
    "train": Pool("elastic", Slots(8, 4, 40)),
}
SLOTS = st.builds(Slots, st.integers(0, 5), st.integers(0, 3), st.integers(0, 20)).filter(any)
SECONDS = st.floats(0, 100, allow_nan=False) | st.integers(0, 100).map(float)
POOL = st.sampled_from(sorted(POOLS))
LIMIT = st.none() | st.integers(0, 8)
QUOTA = st.builds(Quota, st.sampled_from([0.5, 1.0, 2.0]), LIMIT, LIMIT, LIMIT, st.none() | st.just(50), st.booleans())
QUOTAS = st.dictionaries(PROJECTS, QUOTA, max_size=3)


def waiting(id: st.SearchStrategy[int]) -> st.SearchStrategy[Waiting]:
    return st.builds(
        Waiting, id, PROJECTS, SLOTS, st.integers(-1, 2), SECONDS, POOL, st.booleans(), st.booleans(),
        st.none() | SECONDS,
    )  # fmt: skip


def running(id: st.SearchStrategy[int]) -> st.SearchStrategy[Running]:
    return st.builds(
        Running, id, PROJECTS, SLOTS, st.integers(-1, 2), SECONDS, SECONDS, POOL, st.booleans(), st.booleans(),
        st.none() | SECONDS, st.booleans(), st.booleans(),
    )  # fmt: skip


def several(task: st.SearchStrategy[Waiting], most: int = 20) -> st.SearchStrategy[list[Waiting]]:
    return st.lists(task, max_size=most, unique_by=lambda task: task.id)


STATES = st.builds(
    State,
    st.just(POOLS),
    st.lists(running(st.integers(1000, 2000)), max_size=8, unique_by=lambda task: task.id),
    several(waiting(st.integers(1, 999))),
    QUOTAS,
    st.dictionaries(PROJECTS, st.integers(0, 100)),
    st.floats(0, 200, allow_nan=False),
    st.sampled_from([0.0, 50.0]),
)
"""Also states that no history leads to: more running than there is room for."""
