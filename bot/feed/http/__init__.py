"""HTTP itself: connections, their limits, and answers of every kind."""
