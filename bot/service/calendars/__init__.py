"""The closed and half days of exchanges, computed in a process of its own."""
