"""Export of plans with their histories to files, and import from them."""
