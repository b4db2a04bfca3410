"""The HTTP API v10; each module of endpoints has `ROUTES`."""
