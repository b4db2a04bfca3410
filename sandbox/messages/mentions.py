"""Mentions of a message (page "Allowed mentions object")."""

import re

from sandbox.messages.components import every_component
from sandbox.world.entities import Json, Message
from sandbox.world.state import World

_USER = re.compile(r"<@!?(\d{17,20})>")
_ROLE = re.compile(r"<@&(\d{17,20})>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")
_TEXT_DISPLAY = 10


def find(world: World, message: Message, allowed: Json | None, *, may_ping: bool) -> None:
    """Set a message's mentions from its text and its author's `allowed_mentions` (None: everything).

    Args:
        world: users and roles.
        message: the message to change.
        allowed: the request's `allowed_mentions`.
        may_ping: whether the author may mention everyone, and roles that are not mentionable.
    """
    text = "\n".join([message.content, *_displayed(message)])
    parse = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or [])
    users = _chosen(_USER.findall(text), (allowed or {}).get("users"), all_of_them="users" in parse)
    roles = _chosen(_ROLE.findall(text), (allowed or {}).get("roles"), all_of_them="roles" in parse)
    guild = world.guilds.get(message.guild_id) if message.guild_id is not None else None
    message.mention_ids = [user_id for user_id in users if user_id in world.users]
    message.mention_role_ids = [
        role_id for role_id in roles if guild and (role := guild.roles.get(role_id)) and (may_ping or role.mentionable)
    ]
    message.mention_everyone = bool(may_ping and "everyone" in parse and _EVERYONE.search(text))


def _displayed(message: Message) -> list[str]:
    return [each["content"] for each in every_component(message.components) if each["type"] == _TEXT_DISPLAY]


def _chosen(found: list[str], listed: list[str | int] | None, *, all_of_them: bool) -> list[int]:
    ids = list(dict.fromkeys(int(each) for each in found))
    if all_of_them:
        return ids
    wanted = {int(each) for each in listed or []}
    return [each for each in ids if each in wanted]
