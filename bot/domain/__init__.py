"""Frozen values, errors and pure functions, on the standard library alone."""
