"""Plans with their histories out to files, and in from them."""
