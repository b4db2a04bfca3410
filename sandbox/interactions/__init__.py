"""Interactions: how people start them, what is sent for one, and how one is answered."""
