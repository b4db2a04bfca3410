"""The demo of `make try`: users of a local Discord use the bot, and the terminal shows what they see."""
