"""`/plan search`, its buttons, and the task that indexes older plans."""

import lightbulb

from bot import replies
from bot.domain.search_words import MAX_SEARCH_LENGTH
from bot.domain.values import PlanId, SearchCursor, SearchPage, Turn
from bot.interactions.context import PressContext
from bot.interactions.options import coach_option, day_option, suggest_coaches
from bot.interactions.plan_views import PlanViews
from bot.plugin import CommandContext, FirstAnswer, actor_of
from bot.service.plans import PlanService
from bot.service.search import SearchService
from plugins.plans.group import plan, plugin

_STATE = "plans.choose_hit"


@plan.register
class Search(lightbulb.SlashCommand, name="search", description="Find plans by words in their text."):
    """`/plan search`."""

    words = lightbulb.string(
        "words", "All of these words; the last may be a beginning: short nq 2145", max_length=MAX_SEARCH_LENGTH
    )
    coach = coach_option("Only this coach.", suggest_coaches)
    first = day_option("Only this day and later: monday, 2026-11-23.", name="from")
    last = day_option("Only this day and earlier.", name="to")
    include_history = lightbulb.boolean("include_history", "Also earlier texts of plans.", default=False)

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, search: SearchService) -> None:
        """Show the first page."""
        page = await search.find(
            actor_of(ctx.interaction),
            self.words,
            coach=self.coach,
            first=self.first,
            last=self.last,
            include_history=self.include_history,
        )
        await ctx.respond(**replies.found(page))


@plugin.route("choose_hit")
async def choose_hit(
    ctx: PressContext,
    _coach: str,
    _first: str,
    _last: str,
    _history: int,
    _words: str,
    plans: PlanService,
    views: PlanViews,
) -> None:
    """Show the chosen plan; the arguments are the search, for the buttons beside the menu."""
    await views.read(ctx, await plans.find(actor_of(ctx.interaction), PlanId(ctx.chosen_number)))


@plugin.route("newer_hits", FirstAnswer.UPDATE)
async def newer(ctx: PressContext, hit_id: int, search: SearchService) -> None:
    """Show the page before a hit."""
    await ctx.update(**replies.found(await _page(ctx, SearchCursor(hit_id, Turn.NEWER), search)))


@plugin.route("older_hits", FirstAnswer.UPDATE)
async def older(ctx: PressContext, hit_id: int, search: SearchService) -> None:
    """Show the page after a hit."""
    await ctx.update(**replies.found(await _page(ctx, SearchCursor(hit_id, Turn.OLDER), search)))


async def _page(ctx: PressContext, at: SearchCursor, search: SearchService) -> SearchPage:
    """Return another page of the search that the menu of the message carries."""
    coach, first, last, history, words = ctx.arguments_beside(_STATE)
    return await search.find(
        actor_of(ctx.interaction), words, coach=coach, first=first, last=last, include_history=history == "1", at=at
    )


@plugin.task(lightbulb.uniformtrigger(hours=1, wait_first=False))
async def index(search: SearchService) -> None:
    """Index the plans that are older than the index."""
    await search.index_older()
