"""Interactions: their creation by users, payloads and responses."""
