"""The names that a plugin's author imports."""

from bot.interactions.context import (
    CommandContext,
    FirstAnswer,
    PressContext,
    Respondable,
    SubmitContext,
    actor_of,
    member_of,
    open_modal,
    operation_of,
)
from bot.plugin.api import GUILD_ONLY, NAME, PART_SECONDS, Plugin

__all__ = [
    "GUILD_ONLY",
    "NAME",
    "PART_SECONDS",
    "CommandContext",
    "FirstAnswer",
    "Plugin",
    "PressContext",
    "Respondable",
    "SubmitContext",
    "actor_of",
    "member_of",
    "open_modal",
    "operation_of",
]
