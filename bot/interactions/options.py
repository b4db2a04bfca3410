"""The options that commands of several plugins share, and their autocompletion."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeAlias

import hikari
import lightbulb

from bot.discord.attachments import attachment_of
from bot.discord.member_names import NameLookup
from bot.domain.values import MAX_CHOICE_LENGTH, Attachment, ExportFormat, MemberNames, PlanOfDay, Suggestion
from bot.interactions.context import actor_of
from bot.service.charts import ChartService
from bot.service.coaches import CoachService
from bot.service.history import HistoryService
from bot.service.plans import PlanService
from bot.service.settings import SettingsService
from bot.service.templates import TemplateService

_FORMS = [
    lightbulb.Choice("Markdown: to read", ExportFormat.MARKDOWN.value),
    lightbulb.Choice("JSON lines: for programs and import", ExportFormat.JSON_LINES.value),
    lightbulb.Choice("ZIP: both, with pictures", ExportFormat.ZIP.value),
]

Typing: TypeAlias = lightbulb.AutocompleteContext[str]
Suggest: TypeAlias = Callable[..., Awaitable[None]]
DayName: TypeAlias = Literal["day", "from", "to"]
"""Names of the options that hold a day."""


async def suggest_own_coaches(ctx: Typing, coaches: CoachService, names: NameLookup) -> None:
    """Offer the coaches that the user may post as."""
    actor, called = actor_of(ctx.interaction), await _names(ctx, coaches, names)
    await _offer(ctx, await coaches.suggest(actor, _typed(ctx), for_posting=True, names=called))


async def suggest_coaches(ctx: Typing, coaches: CoachService, names: NameLookup) -> None:
    """Offer the coaches of the guild."""
    actor, called = actor_of(ctx.interaction), await _names(ctx, coaches, names)
    await _offer(ctx, await coaches.suggest(actor, _typed(ctx), for_posting=False, names=called))


async def suggest_coaches_to_change(ctx: Typing, coaches: CoachService, names: NameLookup) -> None:
    """Offer the coaches whose plans the user may change or delete."""
    actor, called = actor_of(ctx.interaction), await _names(ctx, coaches, names)
    await _offer(ctx, await coaches.suggest_to_change(actor, _typed(ctx), called))


async def suggest_days(ctx: Typing, plans: PlanService) -> None:
    """Offer the next sessions, or the days that the typed words can mean."""
    await _offer(ctx, await plans.suggest_days(actor_of(ctx.interaction), _typed(ctx)))


async def suggest_charts(ctx: Typing, charts: ChartService) -> None:
    """Offer the charts of the plan of the coach and day typed so far."""
    await _offer(ctx, await charts.suggest(actor_of(ctx.interaction), _typed(ctx), _plan_typed(ctx)))


async def suggest_revisions(ctx: lightbulb.AutocompleteContext[int], revisions: HistoryService) -> None:
    """Offer the revisions of the plan of the coach and day typed so far."""
    choices = await revisions.suggest(actor_of(ctx.interaction), str(ctx.focused.value or ""), _plan_typed(ctx))
    await ctx.respond([(choice.label, int(choice.value)) for choice in choices])


async def suggest_revisions_and_times(ctx: Typing, revisions: HistoryService) -> None:
    """Offer the revisions of the plan of the coach and day typed so far, and its session's open and close."""
    ref = _plan_typed(ctx)
    await _offer(ctx, await revisions.suggest(actor_of(ctx.interaction), _typed(ctx), ref, with_times=True))


async def suggest_templates(ctx: Typing, templates: TemplateService) -> None:
    """Offer the templates of the coach typed so far, or of all of the user's coaches."""
    coach = ctx.get_option("coach")
    given = coach and str(coach.value)
    await _offer(ctx, await templates.suggest(actor_of(ctx.interaction), _typed(ctx), given))


async def suggest_timezones(ctx: Typing, settings: SettingsService) -> None:
    """Offer the time zones whose names match."""
    await _offer(ctx, await settings.suggest_timezones(actor_of(ctx.interaction), _typed(ctx)))


def coach_option(description: str, suggest: Suggest = suggest_coaches_to_change) -> str | None:
    """Return an option for the coach of a plan, by default of one to change."""
    return _text_option("coach", description, suggest)


def named_coach_option(description: str, suggest: Suggest = suggest_coaches) -> str:
    """Return a required option for a coach."""
    return lightbulb.string("coach", description, max_length=MAX_CHOICE_LENGTH, autocomplete=suggest)


def timezone_option(description: str, suggest: Suggest = suggest_timezones) -> str | None:
    """Return an option for a time zone."""
    return _text_option("timezone", description, suggest)


def day_option(
    description: str = "Today, tomorrow, friday, 2026-11-23. Default: today.", *, name: DayName = "day"
) -> str | None:
    """Return an option for a trading day."""
    return _text_option(name, description, suggest_days)


def session_day_option(suggest: Suggest = suggest_days) -> str:
    """Return a required option for the day of a session."""
    return lightbulb.string("day", "The day: friday, 2026-11-27.", max_length=MAX_CHOICE_LENGTH, autocomplete=suggest)


def chart_option(suggest: Suggest = suggest_charts) -> str:
    """Return a required option for a chart of the plan."""
    description = "The chart: its number or name."
    return lightbulb.string("chart", description, max_length=MAX_CHOICE_LENGTH, autocomplete=suggest)


def revision_or_time_option(name: str, description: str, suggest: Suggest = suggest_revisions_and_times) -> str | None:
    """Return an option for a revision: its number, or a time at which it was the newest."""
    return _text_option(name, description, suggest)


def template_option(suggest: Suggest = suggest_templates) -> str | None:
    """Return an option for the name of a template."""
    description = "Begin a plan with this template. Default: choose, or change your templates."
    return _text_option("name", description, suggest)


def old_revision_option(suggest: Suggest = suggest_revisions) -> int:
    """Return a required option for the number of a revision."""
    description = "The revision to revert to."
    return lightbulb.integer("revision", description, min_value=1, max_value=2**31, autocomplete=suggest)


def form_option() -> str:
    """Return an option for the form of an export."""
    return lightbulb.string(
        "format", "The file’s format. Default: Markdown.", default=ExportFormat.MARKDOWN.value, choices=_FORMS
    )


def picture_option(number: int) -> hikari.Attachment | None:
    """Return an option for a picture; `attached` returns all that were given."""
    return lightbulb.attachment(f"chart{number}", f"A picture: PNG, JPEG, GIF or WebP ({number}).", default=None)


def attached(ctx: lightbulb.Context) -> tuple[Attachment, ...]:
    """Return the pictures of a command, in the order of the options' numbers."""
    resolved = ctx.interaction.resolved
    given = [option for option in ctx.options if option.type is hikari.OptionType.ATTACHMENT]
    given.sort(key=lambda option: int(option.name.removeprefix("chart")))
    files = [resolved.attachments[hikari.Snowflake(str(option.value))] for option in given] if resolved else []
    return tuple(map(attachment_of, files))


def _text_option(name: str, description: str, suggest: Suggest) -> str | None:
    return lightbulb.string(name, description, default=None, max_length=MAX_CHOICE_LENGTH, autocomplete=suggest)


async def _offer(ctx: Typing, suggestions: list[Suggestion]) -> None:
    await ctx.respond([(choice.label, choice.value) for choice in suggestions])


async def _names(ctx: Typing, coaches: CoachService, names: NameLookup) -> MemberNames | None:
    """Return the names of the coaches' members; None: nothing was typed, so they are not needed."""
    if not _typed(ctx).strip():
        return None
    actor = actor_of(ctx.interaction)
    return await names.of(actor.guild_id, await coaches.members(actor))


def _plan_typed(ctx: lightbulb.AutocompleteContext[Any]) -> PlanOfDay:
    """Return the plan that the options typed so far name."""
    coach, day = (option and str(option.value) for option in map(ctx.get_option, ("coach", "day")))
    return PlanOfDay(coach, day)


def _typed(ctx: Typing) -> str:
    return str(ctx.focused.value or "")
