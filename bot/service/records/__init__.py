"""Rows to values, and parts of transactions, which the acts of the service are made of."""
