"""The connection to Discord: the gateway client, its sessions, and their liveness."""
