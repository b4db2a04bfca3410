"""Health and statistics, for server managers."""
