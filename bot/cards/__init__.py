"""The messages in Discord that show plans, made equal to the database."""
