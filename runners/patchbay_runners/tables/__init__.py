"""Looks into tables on disk: pages, statistics, histograms, exports. Runs in the table reader's process only."""
