"""Measurements: speed and memory as ratios within one run. They are no tests: each prints what it found."""
