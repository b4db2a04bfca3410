"""The world as Discord's JSON, the same for HTTP, the gateway and users' clients.

rendering.message(world, message)       one entity, by its name
rendering.as_read(body, ...)            a message as an application without the content intent reads it
"""

from sandbox.rendering.attachments import attachment
from sandbox.rendering.channels import channel, thread_member
from sandbox.rendering.content_intent import as_read
from sandbox.rendering.guilds import application, command, counts, guild, own_guild, role
from sandbox.rendering.members import member, own_user, user
from sandbox.rendering.messages import SNAPSHOT, message
from sandbox.rendering.times import time

__all__ = [
    "SNAPSHOT",
    "application",
    "as_read",
    "attachment",
    "channel",
    "command",
    "counts",
    "guild",
    "member",
    "message",
    "own_guild",
    "own_user",
    "role",
    "thread_member",
    "time",
    "user",
]
