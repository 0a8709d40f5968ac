"""The processes of `patchbay up`: Redis, web, reconciler and workers, started, watched and ended together."""
