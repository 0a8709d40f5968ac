"""Random flows of every kind of node, and what becomes of each of their tasks, worked out without an engine."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.server.worker.test_control_flow import joins, step

DONE, FAILED, SKIPPED = frozenset({"done"}), frozenset({"failed"}), frozenset({"skipped"})
ENDLESS = {"timeout": 0.5}
FAILS = {"refuse": {}, "die": {}, "hang": ENDLESS}
"""What a task may do to fail, and its settings."""
PATIENT = {"retries": 4, "retry_delay": 0.05}

Missing = Literal["failed", "not needed"]


@dataclass(frozen=True)
class Outlet:
    """Something that a node may read: where it comes from, and what it brings. `sure`: it is no case of a branch."""

    port: str
    value: str | None
    missing: Missing | None = None
    sure: bool = True


@dataclass
class RandomFlow:
    """A flow document, and what a serial run of it would bring."""

    chance: random.Random
    nodes: list[dict[str, Any]] = field(default_factory=list)
    edges: list[dict[str, str]] = field(default_factory=list)
    states: dict[str, frozenset[str]] = field(default_factory=dict)
    """``path[index]`` of each task -> how it may end; more than one way only in a map that is given up."""
    values: dict[str, str] = field(default_factory=dict)
    """``path[index]`` -> its text, of tasks that are done and make one."""
    rejected: set[str] = field(default_factory=set)
    """Approvals that a person refuses."""
    ends: str = "done"
    outlets: list[Outlet] = field(default_factory=list)

    @property
    def document(self) -> dict[str, Any]:
        return {"nodes": self.nodes, "edges": self.edges}

    def grow(self, blocks: int) -> "RandomFlow":
        """Add so many nodes or groups of nodes, of each kind at least one."""
        kinds = [self.branch, self.loop, self.map, self.map_by_column, self.sub_flow, self.approval]
        plain: list[Callable[[str], None]] = [self.step, self.step, self.step, self.join, self.need]
        chosen = [*kinds, *self.chance.choices([*kinds, *plain, *plain], k=max(0, blocks - len(kinds)))]
        self.chance.shuffle(chosen)
        for number, make in enumerate([self.step, self.step, *chosen]):
            make(f"n{number}")
        return self

    def step(self, name: str) -> None:
        parents = self.pick(self.chance.randint(0, 3) if self.outlets else 0)
        said = self.chance.choice([name, name, "twin"])
        act, settings = self.behaviour()
        self.nodes.append(step(name, "step", settings, name=said, act=act))
        self.edges += joins(*(f"{parent.port} > {name}.in{n}" for n, parent in enumerate(parents)))
        self.add(self.ended(name, said, parents, act))

    def join(self, name: str) -> None:
        parents = self.pick(3)
        self.nodes.append(step(name, "join"))
        self.edges += joins(*(f"{parent.port} > {name}.texts" for parent in parents))
        self.add(self.ended(name, name, parents, needs_one=True))

    def need(self, name: str) -> None:
        """A node that cannot do without its only input."""
        (parent,) = self.pick(1)
        self.nodes.append(step(name, "need"))
        self.edges += joins(f"{parent.port} > {name}.in0")
        self.add(self.ended(name, name, [parent], needs_one=True))

    def branch(self, name: str) -> None:
        """A branch, a node behind each of its cases, and one where they meet."""
        parent, minimum = self.pick_sure(), self.chance.randint(1, 60)
        cases = [{"port": "long", "when": {"length": {"minimum": minimum}}}, {"port": "short"}]
        self.nodes += [
            {"id": name, "kind": "branch", "cases": cases},
            step(f"{name}y", "need"), step(f"{name}z", "need"), step(f"{name}m", "join"),
        ]  # fmt: skip
        self.edges += joins(
            f"{parent.port} > {name}.value", f"{name}.long > {name}y.in0", f"{name}.short > {name}z.in0",
            f"{name}y.out > {name}m.texts", f"{name}z.out > {name}m.texts",
        )  # fmt: skip
        self.states[name] = DONE if parent.value is not None else SKIPPED
        unneeded = Outlet("", None, parent.missing or "not needed")
        is_long = parent.value is not None and len(parent.value) >= minimum
        cases_ = [self.ended(f"{name}{end}", f"{name}{end}", [parent if taken else unneeded], needs_one=True)
                  for end, taken in (("y", is_long), ("z", not is_long))]  # fmt: skip
        self.outlets += [Outlet(case.port, case.value, case.missing, sure=False) for case in cases_]
        self.add(self.ended(f"{name}m", f"{name}m", cases_, needs_one=True))

    def loop(self, name: str) -> None:
        parent, minimum, times = self.pick_sure(), self.chance.randint(1, 90), self.chance.randint(2, 4)
        act, settings = self.behaviour()
        body = {
            "nodes": [step("grow", "step", settings, name=name, act=act), step("score", "score")],
            "edges": joins("grow.out > score.text"),
            "inputs": {"text": ["grow.in0"]},
            "outputs": {"text": "grow.out", "metrics": "score.metrics"},
        }
        until = {"output": "metrics", "when": {"length": {"minimum": minimum}}}
        self.nodes.append({"id": name, "kind": "loop", "times": times, "until": until, "body": body})
        self.edges += joins(f"{parent.port} > {name}.text")
        text, goes_on = parent, True
        for number in range(times):
            if goes_on:
                text = self.ended(f"{name}/grow[{number}]", name, [text], act)
            else:
                self.states[f"{name}/grow[{number}]"] = SKIPPED
            ran = goes_on and text.value is not None
            decides = name if number == times - 1 else f"{name}[{number}]"
            for path in (f"{name}/score[{number}]", decides):
                self.states[path] = DONE if ran else SKIPPED
            goes_on = ran and text.value is not None and len(text.value) < minimum
        self.states[name] = DONE if text.value is not None else SKIPPED
        self.add(Outlet(f"{name}.text", text.value, text.missing))

    def map(self, name: str, items: Sequence[str] = ()) -> None:
        """A map over words, each of which is what its item does, and a node that puts together what comes out."""
        parent, stops = self.pick_sure(), self.chance.random() < 0.3
        words = ["nap", *(items or self.chance.choices(["", "nap", "falter", "refuse", "die"], [3, 3, 2, 1, 1], k=7))]
        body = {
            "params": {"say": {"type": "string"}},
            "nodes": [step("b", "step", PATIENT, name={"$param": "say"}, act={"$param": "say"}), step("c")],
            "edges": joins("b.out > c.in0"),
            "inputs": {"text": ["b.in0"]},
            "outputs": {"out": "c.out"},
        }
        node = {"id": name, "kind": "map", "over": "say", "params": {"say": words}, "body": body}
        node |= {"on_failure": "stop" if stops else "continue"}
        node |= {"parallel": self.chance.randint(1, 4)} if self.chance.random() < 0.5 else {}
        self.nodes += [node, step(f"{name}m", "join")]
        self.edges += joins(f"{parent.port} > {name}.text", f"{name}.out > {name}m.texts")
        ends = self.ends
        made = []
        for number, word in enumerate(words):
            b = self.ended(f"{name}/b[{number}]", word, [parent], word)
            made.append(self.ended(f"{name}/c[{number}]", "c", [b]))
        given_up = stops and any(item.value is None for item in made)
        if not stops and parent.value is not None:
            self.ends = ends  # such a map tolerates its failures
            made = [item for item in made if item.value is not None]
        if given_up and parent.value is not None:
            for number in range(len(words)):
                for task in ("b", "c"):
                    self.states[f"{name}/{task}[{number}]"] |= SKIPPED
        self.add(self.ended(f"{name}m", f"{name}m", made, needs_one=True))

    def map_by_column(self, name: str) -> None:
        """A map over what a table turns out to hold; one of its items may fail, the others go on."""
        tools = self.chance.sample("ABCDEFGH", self.chance.randint(2, 6))
        bad = self.chance.choice(["", *tools])
        body = {
            "nodes": [step("count", "count", refuse=bad)],
            "edges": [],
            "inputs": {"table": ["count.table"]},
            "outputs": {"table": "count.counted", "out": "count.out"},
        }
        node = {"id": name, "kind": "map", "over": "table", "by": "tool", "body": body, "on_failure": "continue"}
        node |= {"parallel": 2} if self.chance.random() < 0.5 else {}
        self.nodes += [step(f"{name}r", "rows", tools=tools), node, step(f"{name}m", "join")]
        self.edges += joins(f"{name}r.table > {name}.table", f"{name}.out > {name}m.texts")
        self.states |= dict.fromkeys((f"{name}r", f"{name}/@items", f"{name}/@table"), DONE)
        good = []
        for number, tool in enumerate(sorted(tools)):
            self.states[f"{name}/count[{number}]"] = FAILED if tool == bad else DONE
            if tool != bad:
                self.values[f"{name}/count[{number}]"] = tool
                good.append(Outlet("", tool))
        self.add(self.ended(f"{name}m", f"{name}m", good, needs_one=True))

    def sub_flow(self, name: str) -> None:
        parent = self.pick_sure()
        act, settings = self.behaviour()
        body = {
            "nodes": [step("b", "step", settings, act=act), step("c", "need")],
            "edges": joins("b.out > c.in0"),
            "inputs": {"text": ["b.in0"]},
            "outputs": {"out": "c.out"},
        }
        self.nodes.append({"id": name, "kind": "flow", "body": body})
        self.edges += joins(f"{parent.port} > {name}.text")
        ended = self.ended(f"{name}/c", "c", [self.ended(f"{name}/b", "b", [parent], act)])
        self.add(Outlet(f"{name}.out", ended.value, ended.missing))

    def approval(self, name: str) -> None:
        parent, refused = self.pick_sure(), self.chance.random() < 0.2
        self.nodes.append({"id": name, "kind": "approval"})
        self.edges += joins(f"{parent.port} > {name}.value")
        if refused:
            self.rejected.add(name)
        if parent.value is None:
            self.states[name] = SKIPPED
        else:
            self.states[name] = FAILED if refused else DONE
            self.ends = "failed" if refused else self.ends
        value = None if refused else parent.value
        self.add(Outlet(f"{name}.value", value, None if value is not None else "failed"))

    def ended(
        self, path: str, name: str, parents: Sequence[Outlet], act: str = "", *, needs_one: bool = False
    ) -> Outlet:
        """Note how a task ends that makes a text of its name and what arrives."""
        texts = [parent.value for parent in parents if parent.value is not None]
        missing: Missing | None = None
        if any(parent.missing == "failed" for parent in parents):
            missing = "failed"
        elif needs_one and not texts:
            missing = "not needed"
        self.states[path] = SKIPPED if missing else FAILED if act in FAILS else DONE
        if self.states[path] == FAILED:
            missing, self.ends = "failed", "failed"
        if missing is None:
            self.values[path] = f"{name}({', '.join(texts)})"
        return Outlet(f"{path}.out", self.values.get(path), missing, all(parent.sure for parent in parents))

    def behaviour(self) -> tuple[str, Mapping[str, Any]]:
        """What a task does on its way, and its settings."""
        if self.chance.random() < 0.08:
            return self.chance.choice(sorted(FAILS.items()))
        return self.chance.choice([("", {}), ("nap", {}), ("falter", PATIENT)])

    def add(self, outlet: Outlet) -> None:
        self.outlets.append(outlet)

    def pick(self, most: int) -> list[Outlet]:
        """Some of the latest outlets."""
        near = self.outlets[-12:]
        return self.chance.sample(near, min(most, len(near)))

    def pick_sure(self) -> Outlet:
        return self.chance.choice([outlet for outlet in self.outlets if outlet.sure][-8:])
