"""Content of channels: messages from request bodies, their mentions, and users' own messages and deletions."""
