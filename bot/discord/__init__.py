"""What is Discord's and not ours: the gateway, its list of commands, who runs the application, messages."""
