"""Admission: which waiting tasks may start, who gives slots back, and why everybody else waits.

A pure function from state to decisions, `decide`. By the modules: `state` goes in, `decision` comes out; a pool is one
or two lanes (`lane`) with `rules`; tasks are looked at by `ranking`, which turns on the projects' `shares`; `quotas`
limit projects, `reservation` keeps room for large tasks and `give_back` asks for what was borrowed.
"""

from patchbay_server.engine.admission.decide import decide
from patchbay_server.engine.admission.decision import Decision, Plan, Wait
from patchbay_server.engine.admission.slots import Slots
from patchbay_server.engine.admission.state import Pool, Quota, Running, State, Waiting

__all__ = ["Decision", "Plan", "Pool", "Quota", "Running", "Slots", "State", "Wait", "Waiting", "decide"]
