"""Shows the bot at work: people in a local Discord use it, and the terminal shows what they see."""
