"""Coachbook: the Discord bot that keeps the book of trading plans."""

__version__ = "0.1.0"
