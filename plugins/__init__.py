"""Coachbook's own plugins: one module for each topic."""
