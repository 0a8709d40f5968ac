"""Operator packages: checked, tried, given their environment, reviewed, published."""
