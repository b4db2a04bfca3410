"""Keeps the messages in Discord that show plans equal to the database."""
