"""Who and what exists in the local Discord, and what happens there."""
