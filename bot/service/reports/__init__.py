"""How the bot is, and how much there is, for those who manage a server."""
