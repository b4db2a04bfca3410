"""Modals as answers: to commands and buttons, where they come in time."""

import contextlib
from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.discord import modal_fields
from bot.interactions.context import CommandContext, PressContext
from bot.replies.modals import Modal

OpensModal: TypeAlias = CommandContext | PressContext
"""An interaction that can be answered with a modal."""


async def open_modal(ctx: OpensModal, modal: Modal) -> None:
    """Answer with a modal."""
    await ctx.respond_with_modal(modal.title, modal.custom_id, components=modal_fields.components(modal.fields))


async def open_modal_or(ctx: OpensModal, modal: Modal, reply: Mapping[str, Any]) -> None:
    """Answer with a modal, or if the answer was deferred with this reply, which has a button to open it."""
    if not ctx.initial_response_sent.is_set():
        with contextlib.suppress(RuntimeError):  # the answer is being deferred just now
            await open_modal(ctx, modal)
            return
    await ctx.respond(**reply)
