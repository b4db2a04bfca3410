"""The plugin and its group of commands: `/admin`."""

import hikari
import lightbulb

from bot.plugin import GUILD_ONLY, Plugin

plugin = Plugin("admin", "Set up the coaches of this server, and look after the book.")
admin = lightbulb.Group(
    "admin",
    "For those who manage this server or run this bot.",
    default_member_permissions=hikari.Permissions.MANAGE_GUILD,
    **GUILD_ONLY,
)
coach = admin.subgroup("coach", "The coaches of this server, and who may post as them.")
plugins = admin.subgroup("plugin", "The parts of the bot, for those who run it.")
plugin.command(admin)
