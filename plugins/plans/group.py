"""The plugin and its group of commands: `/plan`."""

import lightbulb

from bot.plugin import GUILD_ONLY, Plugin

plugin = Plugin("plans", "Post, edit, read and delete the plan of a trading day.")
plan = lightbulb.Group("plan", "The plans of this server's coaches.", **GUILD_ONLY)
plugin.command(plan)
