"""The gateway: connections, sessions, and what is dispatched to them."""
