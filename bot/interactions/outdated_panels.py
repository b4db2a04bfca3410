"""Panels of drafts and templates that show one which is gone by now."""

import contextlib
from collections.abc import AsyncGenerator

from bot import replies
from bot.domain.errors import DraftGoneError, NoTemplateError
from bot.domain.values import Limits
from bot.interactions.context import PressContext, actor_of
from bot.service.drafts import DraftService
from bot.service.templates import TemplateService


class OutdatedPanels:
    """Replaces such a panel by what there is now, with the refusal above it."""

    def __init__(self, drafts: DraftService, templates: TemplateService, limits: Limits) -> None:
        self._drafts = drafts
        self._templates = templates
        self._limits = limits

    @contextlib.asynccontextmanager
    async def of_drafts(self, ctx: PressContext) -> AsyncGenerator[None]:
        """Replace the panel of drafts if the block finds that its draft is gone."""
        try:
            yield
        except DraftGoneError as refusal:
            page = await self._drafts.page(actor_of(ctx.interaction))
            words = replies.refusal_words(refusal)
            await ctx.update(**replies.drafts(page, self._limits.draft_days, refused=words))

    @contextlib.asynccontextmanager
    async def of_templates(self, ctx: PressContext, coach: str, day: str) -> AsyncGenerator[None]:
        """Replace the coach's panel of templates if the block finds that its template is gone."""
        try:
            yield
        except NoTemplateError as refusal:
            panel = await self._templates.panel(actor_of(ctx.interaction), coach=coach, day=day)
            await ctx.update(**replies.templates(panel, refused=replies.refusal_words(refusal)))
