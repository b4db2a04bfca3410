"""The gateway: connections, sessions and dispatches."""
