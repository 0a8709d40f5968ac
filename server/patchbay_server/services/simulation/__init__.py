"""What a scheduling policy would do with a trace: the engine's own rules, in time that is only counted.

`trace` is read or generated (`generate`), `simulate` plays it under one of the `policies` and `measure` says what came
of it; `swarm` looks for weights of an order.
"""
