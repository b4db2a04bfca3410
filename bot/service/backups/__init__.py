"""Backups: schedule, retention and contents."""
