"""`/admin session`, and the task that computes calendars."""

import lightbulb

from bot import replies
from bot.domain.sessions import DayKind
from bot.interactions.options import session_day_option
from bot.interactions.plan_views import PlanViews
from bot.plugin import CommandContext, actor_of
from bot.service.sessions import LOOK_SECONDS, SessionService
from plugins.admin.group import admin, plugin

_AS_USUAL = "as_usual"
_KINDS = [
    lightbulb.Choice("closed", DayKind.CLOSED.value),
    lightbulb.Choice("half day", DayKind.HALF_DAY.value),
    lightbulb.Choice("open", DayKind.OPEN.value),
    lightbulb.Choice("as the exchange has it", _AS_USUAL),
]


@admin.register
class Session(lightbulb.SlashCommand, name="session", description="Say that a day is closed, open or a half day here."):
    """`/admin session`."""

    day = session_day_option()
    kind = lightbulb.string("kind", "What the day is.", choices=_KINDS)
    closes = lightbulb.string(
        "closes", "When a half day closes, by the exchange’s clock: 13:00.", default=None, max_length=100
    )

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, sessions: SessionService, views: PlanViews) -> None:
        """Override the day."""
        kind = None if self.kind == _AS_USUAL else DayKind(self.kind)
        changed = await sessions.override(actor_of(ctx.interaction), self.day, kind, self.closes)
        views.update_cards()
        await ctx.respond(**replies.day_overridden(changed))


@plugin.task(lightbulb.uniformtrigger(LOOK_SECONDS, wait_first=False))
async def renew(sessions: SessionService, views: PlanViews) -> None:
    """Compute the calendars that are missing; cards of their half days are updated."""
    if await sessions.renew():
        views.update_cards()
