"""The gateway client: the part of what Discord sends that it keeps."""

import json

from pydantic import SecretStr

from bot.discord.connection.gateway import gateway_client
from sandbox.gateway import payloads
from sandbox.gateway.compression import RawFrame
from tests.conftest import Discord, Room
from tests.sandbox.raw_clients import eventually

EMOJI = {"id": "7", "name": "moon", "roles": [], "require_colons": True, "managed": False, "animated": False}


async def test_the_cache_has_what_permissions_and_names_are_computed_from_and_no_emojis(
    own_discord: Discord, own_room: Room
):
    sandbox, bot, guild = own_discord.sandbox, own_discord.application, own_room.guild
    client = gateway_client(SecretStr(bot.token), sandbox.rest_url)
    cache = client.cache
    await client.start(check_for_updates=False)
    await eventually(lambda: cache.get_guild(guild.id) is not None)
    sent = payloads.guild(sandbox.world, guild, bot.id) | {"name": "with an emoji", "emojis": [EMOJI]}

    sandbox.gateway.send(RawFrame(json.dumps({"op": 0, "t": "GUILD_CREATE", "s": 99, "d": sent}).encode()))

    await eventually(lambda: (seen := cache.get_guild(guild.id)) is not None and seen.name == "with an emoji")
    needed = (
        *(cache.get_me(), cache.get_member(guild.id, bot.id)),
        *(cache.get_role(guild.id), cache.get_guild_channel(own_room.channel.id)),
    )
    emojis = dict(cache.get_emojis_view())
    await client.close()
    assert all(needed)
    assert emojis == {}
