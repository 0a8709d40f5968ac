"""Patchbay's control plane: API, services, engine, store, graph, plugin host, worker, CLI."""
