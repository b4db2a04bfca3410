"""A local Discord over real sockets: HTTP API v10, gateway and CDN.

`sandbox.server.Sandbox` is the server, `sandbox.world` what exists in it, `sandbox.interactions` the people's
side of commands, buttons and modals. It knows Discord and nothing of any bot.
"""
