"""A local Discord over real sockets: HTTP API v10, gateway and CDN.

`sandbox.server.Sandbox` is the server, `sandbox.world` what exists in it, `sandbox.rendering` the world as Discord's
JSON, `sandbox.messages` what is written into channels, `sandbox.interactions` the people's side of commands, buttons
and modals. It knows Discord and nothing of any bot.
"""
