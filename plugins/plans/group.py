"""The plugin and its group of commands: `/plan`."""

import lightbulb

from bot.plugin import GUILD_ONLY, Plugin

plugin = Plugin("plans", "Post, edit, read and delete plans for trading days.")
plan = lightbulb.Group("plan", "Plans of this server’s coaches.", **GUILD_ONLY)
plugin.command(plan)
