"""Coachbook: the Discord bot that keeps the book of trading plans."""
