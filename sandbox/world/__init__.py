"""The state of the local Discord: entities, events, permissions, ids, files."""
