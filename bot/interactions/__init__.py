"""From an event of Discord's to an answer: contexts, routes, receipts, and the one place for failures."""
