"""Gateway addresses, applications, users, guilds, channels, members, roles."""

from sandbox import rendering
from sandbox.errors import DiscordError
from sandbox.http.request import Call, Reply, Route
from sandbox.world.entities import Member


def gateway(call: Call) -> Reply:
    """Return the gateway's URL."""
    return Reply(200, {"url": call.backend.gateway.url})


def gateway_bot(call: Call) -> Reply:
    """Return the gateway's URL with the bot's session limits."""
    limit = call.backend.gateway.start_limit(call.application.id)
    return Reply(200, {"url": call.backend.gateway.url, "shards": 1, "session_start_limit": limit})


def own_application(call: Call) -> Reply:
    """Return the token's application."""
    return Reply(200, rendering.application(call.world, call.application))


def own_user(call: Call) -> Reply:
    """Return the bot's own user."""
    return Reply(200, rendering.own_user(call.world.users[call.application.id]))


def user(call: Call) -> Reply:
    """Return a user."""
    found = call.world.users.get(call.number("user_id"))
    if found is None:
        raise DiscordError(404, 10013, "Unknown User")
    return Reply(200, rendering.user(found))


def own_guilds(call: Call) -> Reply:
    """List the bot's guilds, by id."""
    after, before = call.query_number("after", 0), call.query_number("before", 1 << 63)
    limit = call.query_number("limit", 200)
    ids = [each for each in sorted(call.application.guild_ids) if after < each < before][:limit]
    shown = [
        rendering.own_guild(call.world.guilds[each], call.application.id, with_counts=call.flag("with_counts"))
        for each in ids
    ]
    return Reply(200, shown)


def leave(call: Call) -> Reply:
    """Leave a guild."""
    guild = call.world.guilds.get(call.number("guild_id"))
    if guild is None or guild.id not in call.application.guild_ids:
        raise DiscordError(404, 10004, "Unknown Guild")
    call.world.remove_bot(call.application, guild)
    return Reply(204)


def open_direct(call: Call) -> Reply:
    """Open the direct message channel with a user."""
    given = call.json.get("recipient_id")
    if given is None:
        raise _no_recipient()
    if int(given) not in call.world.users:
        raise DiscordError(404, 10013, "Unknown User")
    channel = call.world.direct_channel(call.application.id, int(given))
    body = rendering.channel(call.world, channel)
    own_id = str(call.application.id)
    return Reply(200, body | {"recipients": [each for each in body["recipients"] if each["id"] != own_id]})


def _no_recipient() -> DiscordError:
    """Return the error of a missing `recipient_id`."""
    fault = {"code": "BASE_TYPE_REQUIRED", "message": "This field is required"}
    return DiscordError(400, 50035, "Invalid Form Body", {"recipient_id": {"_errors": [fault]}})


def guild(call: Call) -> Reply:
    """Return a guild of the bot."""
    found = call.guild()
    body = rendering.guild(found)
    if call.flag("with_counts"):
        body |= rendering.counts(found)
    return Reply(200, body)


def guild_channels(call: Call) -> Reply:
    """List a guild's channels."""
    return Reply(200, [rendering.channel(call.world, each) for each in call.guild().channels.values()])


def guild_roles(call: Call) -> Reply:
    """List a guild's roles."""
    return Reply(200, [rendering.role(each) for each in call.guild().roles.values()])


def guild_role(call: Call) -> Reply:
    """Return a role."""
    role = call.guild().roles.get(call.number("role_id"))
    if role is None:
        raise DiscordError(404, 10011, "Unknown Role")
    return Reply(200, rendering.role(role))


def member(call: Call) -> Reply:
    """Return a member."""
    return Reply(200, rendering.member(call.world, _member(call)))


def members(call: Call) -> Reply:
    """List a guild's members by id; needs the privileged members intent."""
    guild = call.guild()
    if not call.application.privileged_intents & 2:
        raise DiscordError(403, 50001, "Missing Access")
    limit, after = call.query_number("limit", 1), call.query_number("after", 0)
    chosen = [each for each in sorted(guild.members) if each > after][:limit]
    return Reply(200, [rendering.member(call.world, guild.members[each]) for each in chosen])


def channel(call: Call) -> Reply:
    """Return a channel."""
    return Reply(200, rendering.channel(call.world, call.channel()))


def _member(call: Call) -> Member:
    guild = call.guild()
    user_id = call.number("user_id")
    if user_id not in call.world.users:
        raise DiscordError(404, 10013, "Unknown User")
    found = guild.members.get(user_id)
    if found is None:
        raise DiscordError(404, 10007, "Unknown Member")
    return found


ROUTES = [
    Route("GET", "/gateway", gateway, open=True),
    Route("GET", "/gateway/bot", gateway_bot),
    Route("GET", "/applications/@me", own_application),
    Route("GET", "/oauth2/applications/@me", own_application),
    Route("GET", "/users/@me", own_user),
    Route("GET", "/users/@me/guilds", own_guilds),
    Route("DELETE", "/users/@me/guilds/{guild_id}", leave),
    Route("POST", "/users/@me/channels", open_direct),
    Route("GET", "/users/{user_id}", user),
    Route("GET", "/guilds/{guild_id}", guild),
    Route("GET", "/guilds/{guild_id}/channels", guild_channels),
    Route("GET", "/guilds/{guild_id}/roles", guild_roles),
    Route("GET", "/guilds/{guild_id}/roles/{role_id}", guild_role),
    Route("GET", "/guilds/{guild_id}/members", members),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", member),
    Route("GET", "/channels/{channel_id}", channel),
]
