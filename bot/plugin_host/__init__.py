"""Loads, unloads and reloads plugins while the bot runs."""
