"""The names that a plugin's author imports."""

from bot.interactions.context import (
    CommandContext,
    FirstAnswer,
    PressContext,
    Respondable,
    SubmitContext,
    actor_of,
    member_of,
    operation_of,
)
from bot.interactions.modals import open_modal
from bot.plugin.api import GUILD_ONLY, Plugin

__all__ = [
    "GUILD_ONLY",
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
