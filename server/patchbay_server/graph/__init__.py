"""Flows as graphs: documents, validation, schema propagation, plans, cache keys. Pure: no IO, no SQL, no Flask."""
