"""A local Discord over real sockets: HTTP API v10, gateway and CDN.

`sandbox.server.Sandbox` is the server, `sandbox.world` its state, `sandbox.rendering` that state as Discord's JSON,
`sandbox.messages` the content of channels, `sandbox.interactions` the users' side of commands, buttons and modals. It
simulates Discord and has no knowledge of any bot.
"""
