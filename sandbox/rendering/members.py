"""Users and members as Discord's JSON."""

from sandbox.rendering.times import time
from sandbox.world.entities import Json, Member, User
from sandbox.world.state import World


def user(one: User) -> Json:
    """Return a user as others see it."""
    body: Json = {
        "id": str(one.id),
        "username": one.username,
        "discriminator": "0" if not one.bot else f"{one.id % 9999 + 1:04d}",
        "global_name": one.global_name,
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
    }
    return body | {"bot": True} if one.bot else body


def own_user(one: User) -> Json:
    """Return a user as itself sees it."""
    return user(one) | {
        "mfa_enabled": True,
        "locale": one.locale,
        "verified": True,
        "email": None,
        "premium_type": 0,
    }


def member(world: World, one: Member, *, with_user: bool = True) -> Json:
    """Return a member of a guild."""
    body: Json = {
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "collectibles": None,
        "communication_disabled_until": None,
        "deaf": False,
        "flags": 0,
        "joined_at": time(one.joined_at),
        "mute": False,
        "nick": one.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role_id) for role_id in one.role_ids],
    }
    return body | {"user": user(world.users[one.user_id])} if with_user else body
