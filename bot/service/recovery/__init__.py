"""Outages of the database: detection, the queue of changes, and their replay."""
