"""Data plane: artifact store, task process and the runners that start it. No SQL, no web."""
