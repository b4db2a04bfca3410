"""The predecessor's data: what its rows mean, what comes of each, and how it is taken in."""
