"""The names that a plugin's author imports."""

from bot.interactions.context import (
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
