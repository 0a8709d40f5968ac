"""Reading, writing and generating traces."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from patchbay_server.engine.admission import Slots
from patchbay_server.services.simulation.generate import DAY, GANGS, Wanted, generate
from patchbay_server.services.simulation.trace import GIB, TraceError, read, write

SMALL = Wanted(tasks=300, gpus=64)


def test_a_trace_is_read_as_it_was_written(tmp_path: Path) -> None:
    jobs = generate(SMALL)
    write(tmp_path / "trace.csv", jobs)
    assert read(tmp_path / "trace.csv") == jobs


def test_only_arrival_and_duration_are_needed_and_members_are_a_gang(tmp_path: Path) -> None:
    file = tmp_path / "trace.csv"
    file.write_text("\ufeffduration,arrival,gpu,members,note\n60,5,2,3,x\n\n30,1,,,\n", encoding="utf-8")
    late, early = sorted(read(file), key=lambda job: -job.arrival)
    assert (early.name, early.project, early.demand, early.estimate) == ("3", "default", Slots(1000, 0, 0), None)
    assert (late.demand, late.members) == (Slots(3000, 6000, 0), 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("arrival\n1\n", "column 'duration' is missing"),
        ("arrival,duration\n", "there are no tasks"),
        ("arrival,duration\n1,2\n1,x\n", "line 3: duration='x' is no number"),
        ("arrival,duration\n,2\n", "line 2: arrival=''"),
        ("arrival,duration\n1,-2\n", "line 2: duration='-2'"),
        ("arrival,duration\ninf,2\n", "line 2: arrival='inf'"),
        ("arrival,duration,members\n1,2,0\n", "line 2: members='0'"),
        ("arrival,duration,priority\n1,2,0.5\n", "line 2: priority='0.5'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "trace.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TraceError, match=message):
        read(tmp_path / "trace.csv")


def test_a_trace_is_the_same_for_the_same_seed_and_has_the_shape_it_says() -> None:
    wanted = Wanted(tasks=3000)
    jobs = generate(wanted)
    assert jobs == generate(wanted)
    asked = sum(job.demand.gpu_milli / 1000 * job.duration for job in jobs)
    assert asked / (500 * jobs[-1].arrival) == pytest.approx(1.1, rel=0.05)
    lengths = sorted(job.duration for job in jobs)
    assert sum(lengths[-150:]) > 0.4 * sum(lengths), "a twentieth of the tasks takes nearly half of the time"
    assert {job.demand.gpu_milli // 1000 for job in jobs} == {0, *GANGS}
    whole_days = jobs[-1].arrival // DAY * DAY
    hours = Counter(int(job.arrival % DAY // 3600) for job in jobs if job.arrival < whole_days)
    assert hours[12] > 2 * hours[0]
    assert max(job.demand.gpu_milli for job in generate(replace(SMALL, gpus=8))) == 8000
    assert all(job.demand.memory % GIB == 0 for job in jobs)
