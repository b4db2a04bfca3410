"""Rows to values, and parts of a transaction: what the acts of the service are made of."""
