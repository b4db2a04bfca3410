"""Plans: `/plan post|edit|show|list|delete|restore|drafts|export`, with the modals and buttons that belong to them."""

import dataclasses

import lightbulb

from bot import replies
from bot.domain.values import DraftId, DraftKind, ExportForm, Limits, PlanId, Writing
from bot.interactions.context import PressContext, SubmitContext, open_modal
from bot.interactions.error_handler import give_back
from bot.interactions.options import (
    attached,
    coach_option,
    day_option,
    form_option,
    picture_option,
    suggest_coaches,
    suggest_own_coaches,
)
from bot.interactions.plan_flow import Posting
from bot.interactions.plan_views import Cards
from bot.plugin import GUILD_ONLY, Plugin, actor_of, operation_of
from bot.service.cards import CardService
from bot.service.cleanup import HousekeepingService
from bot.service.drafts import DraftService
from bot.service.plans import PlanService
from bot.service.transfer.exports import ExportService

plugin = Plugin("plans", "Post, edit, read and delete the plan of a trading day.")
plan = lightbulb.Group("plan", "The plans of this server's coaches.", **GUILD_ONLY)
plugin.command(plan)


@plan.register
class Post(lightbulb.SlashCommand, name="post", description="Post your plan for a trading day."):
    """`/plan post`: text now, or a modal to write it in."""

    coach = coach_option("Post as this coach. Without it: as your only one.", suggest_own_coaches)
    day = day_option()
    text = lightbulb.string("text", "The plan. Without it a form opens to write it in.", default=None, max_length=4000)
    chart1 = picture_option(1)
    chart2 = picture_option(2)
    chart3 = picture_option(3)
    chart4 = picture_option(4)
    chart5 = picture_option(5)
    chart6 = picture_option(6)
    chart7 = picture_option(7)
    chart8 = picture_option(8)
    chart9 = picture_option(9)
    chart10 = picture_option(10)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, posting: Posting) -> None:
        """Post, or open the form."""
        writing = Writing(DraftKind.POST, self.text or "", coach=self.coach, day=self.day, pictures=attached(ctx))
        if self.text is None:
            await posting.open_form(ctx, writing)
        else:
            await posting.post(ctx, writing)


@plugin.route("post")
async def post(ctx: SubmitContext, coach: str, day: str, posting: Posting) -> None:
    """The form of `/plan post` was sent."""
    await posting.post(ctx, Writing(DraftKind.POST, ctx.fields["text"], coach=coach, day=day))


@plugin.route("post_draft")
async def post_draft(ctx: SubmitContext, draft_id: int, posting: Posting) -> None:
    """The form of `/plan post` with pictures was sent."""
    await posting.post_draft(ctx, DraftId(draft_id), ctx.fields["text"])


@plugin.route("post_kept")
async def post_kept(ctx: SubmitContext, draft_id: int, posting: Posting) -> None:
    """A post that was refused is tried again, with another text, coach or day."""
    text, coach, day = (ctx.fields.get(name) or None for name in ("text", "coach", "day"))
    await posting.post(ctx, Writing(DraftKind.POST, text or "", coach=coach, day=day, draft_id=DraftId(draft_id)))


@plan.register
class Edit(lightbulb.SlashCommand, name="edit", description="Change the plan you posted."):
    """`/plan edit`: the new text now, or a modal filled with the current one."""

    coach = coach_option("The coach whose plan it is. Without it: yours.")
    day = day_option()
    text = lightbulb.string(
        "text",
        "The new text. Without it a form opens with the current one.",
        default=None,
        max_length=4000,
    )

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService, cards: Cards, limits: Limits) -> None:
        """Edit, or open the form."""
        actor = actor_of(ctx.interaction)
        if self.text is None:
            current = await plans.editable(actor, coach=self.coach, day=self.day)
            await open_modal(ctx, replies.edit_modal(current, limits.plan_text))
            return
        with give_back(Writing(DraftKind.POST, self.text, coach=self.coach, day=self.day)):
            edited = await plans.edit_of_day(
                actor, self.text, coach=self.coach, day=self.day, operation=operation_of(ctx.interaction)
            )
        await cards.acknowledge_change(ctx, edited)


@plugin.route("edit")
async def edit(ctx: SubmitContext, plan_id: int, seen: int, posting: Posting) -> None:
    """The form of an edit was sent."""
    await posting.edit(ctx, Writing(DraftKind.EDIT, ctx.fields["text"], plan_id=PlanId(plan_id), seen=seen))


@plugin.route("edit_kept")
async def edit_kept(ctx: SubmitContext, plan_id: int, seen: int, draft_id: int, posting: Posting) -> None:
    """An edit that was refused is tried again."""
    text, plan = ctx.fields["text"], PlanId(plan_id)
    await posting.edit(ctx, Writing(DraftKind.EDIT, text, plan_id=plan, seen=seen, draft_id=DraftId(draft_id)))


@plugin.route("open_edit")
async def open_edit(ctx: PressContext, plan_id: int, plans: PlanService, limits: Limits) -> None:
    """Open the form of an edit."""
    current = await plans.editable_by_id(actor_of(ctx.interaction), PlanId(plan_id))
    await open_modal(ctx, replies.edit_modal(current, limits.plan_text))


@plugin.route("resume")
async def resume(ctx: PressContext, draft_id: int, drafts: DraftService) -> None:
    """Open a form with a text that was refused."""
    draft = await drafts.take(actor_of(ctx.interaction), DraftId(draft_id))
    await open_modal(ctx, replies.kept_modal(draft))


@plugin.route("resume_post")
async def resume_post(ctx: PressContext, draft_id: int, drafts: DraftService) -> None:
    """Open a form to post a text that was refused."""
    draft = await drafts.take(actor_of(ctx.interaction), DraftId(draft_id))
    await open_modal(ctx, replies.kept_post_modal(draft))


@plugin.route("resume_edit")
async def resume_edit(ctx: PressContext, draft_id: int, seen: int, drafts: DraftService) -> None:
    """Open a form with an edit that came too late, now that its writer has seen revision `seen`."""
    draft = await drafts.take(actor_of(ctx.interaction), DraftId(draft_id))
    await open_modal(ctx, replies.kept_edit_modal(draft, seen))


@plugin.route("use")
async def use(
    ctx: PressContext, draft_id: int, plan_id: int, seen: int, drafts: DraftService, posting: Posting
) -> None:
    """Make what was refused, text and pictures, the plan's next revision."""
    draft = await drafts.take(actor_of(ctx.interaction), DraftId(draft_id))
    edit = dataclasses.replace(draft, kind=DraftKind.EDIT, plan_id=PlanId(plan_id), seen=seen)
    await posting.edit(ctx, edit)


@plan.register
class Drafts(lightbulb.SlashCommand, name="drafts", description="See your texts that were refused and are kept."):
    """`/plan drafts`."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, drafts: DraftService) -> None:
        """Show what is kept."""
        await ctx.respond(**replies.drafts(await drafts.list(actor_of(ctx.interaction))))


@plugin.route("choose_draft")
async def choose_draft(ctx: PressContext, drafts: DraftService) -> None:
    """Open a form with the text that was chosen in a list."""
    await resume(ctx, int(ctx.chosen[0]), drafts)


@plan.register
class Show(lightbulb.SlashCommand, name="show", description="Read the plan of a trading day."):
    """`/plan show`."""

    coach = coach_option("Whose plan. Without it: all coaches of the day.", suggest_coaches)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService, cards: Cards) -> None:
        """Show one plan, or what there is for the day."""
        actor = actor_of(ctx.interaction)
        if self.coach is not None:
            await cards.read(ctx, await plans.find(actor, coach=self.coach, day=self.day))
            return
        page = await plans.list(actor, day=self.day or "today")
        if page.total == 1:
            await cards.read(ctx, page.plans[0])
        else:
            await ctx.respond(**replies.plans(page))


@plugin.route("open")
async def open_plan(ctx: PressContext, plan_id: int, plans: PlanService, cards: Cards) -> None:
    """Show a plan."""
    await cards.read(ctx, await plans.get(actor_of(ctx.interaction), PlanId(plan_id)))


@plugin.route("refresh")
async def refresh(ctx: PressContext, plan_id: int, plans: PlanService, cards: Cards) -> None:
    """Show a plan as it is now, where it was shown as it was."""
    await cards.refresh(ctx, await plans.get(actor_of(ctx.interaction), PlanId(plan_id)))


@plugin.route("choose")
async def choose(ctx: PressContext, plans: PlanService, cards: Cards) -> None:
    """Show the plan that was chosen in a list."""
    await open_plan(ctx, int(ctx.chosen[0]), plans, cards)


@plugin.route("part")
async def part(ctx: PressContext, plan_id: int, number: int, plans: PlanService) -> None:
    """Show a further part of a long plan."""
    found = await plans.get(actor_of(ctx.interaction), PlanId(plan_id))
    await ctx.respond(**replies.part(found, number))


@plan.register
class List(lightbulb.SlashCommand, name="list", description="See which plans there are."):
    """`/plan list`."""

    day = day_option("Only this day: today, tomorrow, friday, 2026-11-23.")
    coach = coach_option("Only this coach.", suggest_coaches)
    mine = lightbulb.boolean("mine", "Only plans that you wrote or may edit.", default=False)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService) -> None:
        """Show the first page."""
        page = await plans.list(actor_of(ctx.interaction), day=self.day, coach=self.coach, mine=self.mine)
        await ctx.respond(**replies.plans(page))


@plugin.route("page")
async def turn_page(ctx: PressContext, day: str, coach: str, mine: int, number: int, plans: PlanService) -> None:
    """Turn the page of a list."""
    actor = actor_of(ctx.interaction)
    page = await plans.list(actor, day=day or None, coach=coach or None, mine=bool(mine), page=number)
    await ctx.update(**replies.plans(page))


@plan.register
class Delete(lightbulb.SlashCommand, name="delete", description="Take a plan out of the book."):
    """`/plan delete`: asks first."""

    coach = coach_option("The coach whose plan it is. Without it: yours.")
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService) -> None:
        """Ask whether it is really to go."""
        found = await plans.deletable(actor_of(ctx.interaction), coach=self.coach, day=self.day)
        await ctx.respond(**replies.ask_delete(found))


@plugin.route("ask_delete")
async def ask_delete(ctx: PressContext, plan_id: int, plans: PlanService) -> None:
    """Ask whether it is really to go."""
    found = await plans.deletable_by_id(actor_of(ctx.interaction), PlanId(plan_id))
    await ctx.respond(**replies.ask_delete(found))


@plugin.route("delete")
async def delete(ctx: PressContext, plan_id: int, seen: int, plans: PlanService, cards: Cards) -> None:
    """Delete, now that it was confirmed."""
    deleted = await plans.delete(
        actor_of(ctx.interaction),
        PlanId(plan_id),
        seen=seen,
        operation=operation_of(ctx.interaction),
    )
    await ctx.update(**await cards.receipt(ctx, deleted, replies.deleted(deleted)))


@plugin.route("keep")
async def keep(ctx: PressContext, plan_id: int, plans: PlanService) -> None:
    """Leave the plan as it is."""
    await ctx.update(**replies.kept(await plans.get(actor_of(ctx.interaction), PlanId(plan_id))))


@plan.register
class Restore(lightbulb.SlashCommand, name="restore", description="Bring a deleted plan back."):
    """`/plan restore`."""

    coach = coach_option("The coach whose plan it was. Without it: yours.")
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService, cards: Cards) -> None:
        """Bring it back."""
        restored = await plans.restore(
            actor_of(ctx.interaction),
            coach=self.coach,
            day=self.day,
            operation=operation_of(ctx.interaction),
        )
        await cards.acknowledge(ctx, restored, replies.restored(restored))


@plugin.route("bring_back")
async def bring_back(ctx: PressContext, plan_id: int, plans: PlanService, cards: Cards) -> None:
    """Bring a deleted plan back from its card."""
    operation = operation_of(ctx.interaction)
    restored = await plans.restore_by_id(actor_of(ctx.interaction), PlanId(plan_id), operation)
    await cards.acknowledge(ctx, restored, replies.restored(restored))


@plugin.route("show_again")
async def show_again(ctx: PressContext, plan_id: int, shown: CardService, cards: Cards) -> None:
    """Put back a card that was deleted by hand."""
    plan = await shown.show_again(actor_of(ctx.interaction), PlanId(plan_id))
    await ctx.update(**await cards.receipt(ctx, plan, replies.shown_again(plan)))


@plan.register
class Export(lightbulb.SlashCommand, name="export", description="Get plans with their whole histories as a file."):
    """`/plan export`."""

    coach = coach_option("Only this coach.", suggest_coaches)
    first = day_option("The first day. Without it: 30 days before the last.", name="from")
    last = day_option("The last day. Without it: that of the last plan.", name="to")
    form = form_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, exports: ExportService) -> None:
        """Send the file."""
        await ctx.defer(ephemeral=True)
        actor, form = actor_of(ctx.interaction), ExportForm(self.form)
        await ctx.respond(
            **replies.export(await exports.days(actor, form, coach=self.coach, first=self.first, last=self.last))
        )


@plugin.task(lightbulb.uniformtrigger(hours=24, wait_first=False))
async def sweep(housekeeping: HousekeepingService) -> None:
    """Throw away what nobody needs any more."""
    swept = await housekeeping.sweep()
    plugin.log.info("swept", drafts=swept.drafts, operations=swept.operations, pictures=swept.pictures)
