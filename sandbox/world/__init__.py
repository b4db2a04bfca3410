"""Who and what exists in the local Discord, what people do there, and its JSON."""
