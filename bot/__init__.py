"""Coachbook: the Discord bot that keeps the book of trading plans."""

VERSION = "0.1.0"
"""Of this program; pyproject.toml takes it from here."""
