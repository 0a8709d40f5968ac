"""The operator of the engine benchmark, as an installed plugin (its folder is put on PYTHONPATH)."""
