"""Guilds, roles, applications and commands as Discord's JSON."""

from sandbox.rendering.members import user
from sandbox.world import permissions
from sandbox.world.entities import Application, Command, Guild, Json, Role
from sandbox.world.state import World

_LOCALIZED = ("name_localizations", "description_localizations")


def role(one: Role) -> Json:
    """Return a role of a guild."""
    body: Json = {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(int(one.permissions)),
        "position": one.position,
        "color": one.color,
        "colors": {"primary_color": one.color, "secondary_color": None, "tertiary_color": None},
        "hoist": one.is_hoisted,
        "managed": one.managed,
        "mentionable": one.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return body | {"tags": {"bot_id": str(one.bot_id)}} if one.bot_id is not None else body


def guild(one: Guild) -> Json:
    """Return a guild as in HTTP responses."""
    return {
        "id": str(one.id),
        "name": one.name,
        "owner_id": str(one.owner_id),
        "roles": [role(each) for each in one.roles.values()],
        "preferred_locale": one.preferred_locale,
        **_UNSET_OF_GUILD,
    }


def counts(one: Guild) -> Json:
    """Return the fields that `with_counts` adds to a guild."""
    return {"approximate_member_count": len(one.members), "approximate_presence_count": 1}


def own_guild(one: Guild, user_id: int, *, with_counts: bool = False) -> Json:
    """Return a guild as in the list of a user's own guilds."""
    member = one.members[user_id]
    body: Json = {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "banner": None,
        "owner": one.owner_id == user_id,
        "permissions": str(int(permissions.in_guild(one, member))),
        "features": [],
    }
    return body | counts(one) if with_counts else body


def application(world: World, one: Application) -> Json:
    """Return an application as its own bot sees it."""
    install: Json = {"oauth2_install_params": {"scopes": ["applications.commands", "bot"], "permissions": "0"}}
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "description": one.description,
        "type": None,
        "bot": user(world.users[one.id]),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": f"{one.id:064x}",
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(world.users[one.owner_id]),
        "approximate_guild_count": len(one.guild_ids),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "integration_types_config": {"0": install},
        "team": None,
        "tags": [],
        "eligible_oauth2_scopes": [],
    }


def command(one: Command, *, with_localizations: bool = True) -> Json:
    """Return a registered command; lists omit the localizations by default."""
    body: Json = {
        "id": str(one.id),
        "application_id": str(one.application_id),
        "version": str(one.version),
        "type": one.kind,
        "name": one.name,
        **one.body,
    }
    if one.guild_id is not None:
        body["guild_id"] = str(one.guild_id)
    return body if with_localizations else _without_localizations(body)


def _without_localizations(body: Json) -> Json:
    kept = {key: value for key, value in body.items() if key not in _LOCALIZED}
    for key in ("options", "choices"):
        if key in kept:
            kept[key] = [_without_localizations(each) for each in kept[key]]
    return kept


_UNSET_OF_GUILD: Json = {
    "icon": None,
    "description": None,
    "home_header": None,
    "splash": None,
    "discovery_splash": None,
    "features": [],
    "banner": None,
    "application_id": None,
    "region": "deprecated",
    "afk_channel_id": None,
    "afk_timeout": 300,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "widget_enabled": False,
    "widget_channel_id": None,
    "verification_level": 0,
    "default_message_notifications": 0,
    "mfa_level": 0,
    "explicit_content_filter": 0,
    "max_presences": None,
    "max_members": 500_000,
    "max_stage_video_channel_users": 50,
    "max_video_channel_users": 25,
    "vanity_url_code": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "premium_progress_bar_enabled": False,
    "rules_channel_id": None,
    "safety_alerts_channel_id": None,
    "public_updates_channel_id": None,
    "nsfw": False,
    "nsfw_level": 0,
    "emojis": [],
    "stickers": [],
    "incidents_data": None,
}
