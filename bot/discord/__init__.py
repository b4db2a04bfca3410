"""The side of Discord: the gateway, the list of commands, the operators, channels and messages."""
