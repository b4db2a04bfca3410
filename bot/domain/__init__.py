"""Frozen values, refusals and pure functions: what everything else speaks of. The standard library alone."""
