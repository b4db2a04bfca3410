"""Import of the predecessor's data."""
