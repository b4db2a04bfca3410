"""Discord's side: the gateway, commands, operators, channels and messages."""
