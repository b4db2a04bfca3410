"""The HTTP API v10, by topic: each module has `ROUTES`."""
