"""Benchmarks: `make bench` prints one JSON line per figure. Compare figures within one run only."""
