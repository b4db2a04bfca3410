"""Backups as files: their form, and putting one in the place of a database."""
