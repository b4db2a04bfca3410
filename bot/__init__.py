"""Coachbook: the Discord bot for trading plans."""

VERSION = "0.2.0"
"""The version of this program; pyproject.toml reads it here."""
