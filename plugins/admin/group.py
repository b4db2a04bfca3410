"""The plugin and its group of commands: `/admin`."""

import hikari
import lightbulb

from bot.plugin import GUILD_ONLY, Plugin

plugin = Plugin("admin", "Manage coaches, settings, health, backups and plugins.")
admin = lightbulb.Group(
    "admin",
    "For server managers and the bot’s operators.",
    default_member_permissions=hikari.Permissions.MANAGE_GUILD,
    **GUILD_ONLY,
)
coach = admin.subgroup("coach", "Coaches of this server, and who can post as them.")
feed = admin.subgroup("feed", "Tokens with which programs read this server’s plans.")
plugins = admin.subgroup("plugin", "Plugins (for the bot’s operators).")
plugin.command(admin)
