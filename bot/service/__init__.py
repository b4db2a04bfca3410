"""The shared service: the rules of the book. One method is one act and one transaction."""
