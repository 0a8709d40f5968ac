"""The HTTP API: thin wrappers around services."""
