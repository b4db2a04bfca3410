"""What is written into channels: a body made into a message, whom it mentions, and what people write and delete."""
