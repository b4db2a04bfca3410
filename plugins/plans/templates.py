"""`/plan template`: the panel of a coach's templates, and plans that begin with one."""

import lightbulb

from bot import replies
from bot.domain.values import Limits, PlanBeginning, TemplateId
from bot.interactions.context import PressContext, SubmitContext
from bot.interactions.modals import open_modal
from bot.interactions.options import coach_option, day_option, suggest_own_coaches, template_option
from bot.interactions.outdated_panels import OutdatedPanels
from bot.plugin import CommandContext, FirstAnswer, actor_of
from bot.replies.modals import Modal
from bot.service.templates import TemplateService
from plugins.plans.group import plan, plugin


@plan.register
class TemplateCommand(
    lightbulb.SlashCommand, name="template", description="Begin your plan with a template, or with the last plan."
):
    """`/plan template`: the form of a post with a template's text, or without a name the panel."""

    coach = coach_option("Whose templates. Default: yours.", suggest_own_coaches)
    name = template_option()
    day = day_option()

    @property
    def first_answer(self) -> FirstAnswer:
        """A form, if a template was named."""
        return FirstAnswer.PRIVATE if self.name is None else FirstAnswer.MODAL

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, templates: TemplateService, limits: Limits) -> None:
        """Open the form, or show the panel."""
        actor = actor_of(ctx.interaction)
        if self.name is not None:
            begun = await templates.begin_named(actor, self.name, coach=self.coach, day=self.day)
            await open_modal(ctx, _form(begun, limits))
            return
        await ctx.respond(**replies.templates(await templates.panel(actor, coach=self.coach, day=self.day)))


@plugin.route("templates", FirstAnswer.UPDATE)
async def show(ctx: PressContext, day: str, templates: TemplateService) -> None:
    """Show the panel of the chosen coach."""
    panel = await templates.panel(actor_of(ctx.interaction), coach=ctx.choice, day=day)
    await ctx.update(**replies.templates(panel))


@plugin.route("begin", FirstAnswer.MODAL)
async def begin(
    ctx: PressContext,
    template_id: int,
    coach: str,
    day: str,
    templates: TemplateService,
    panels: OutdatedPanels,
    limits: Limits,
) -> None:
    """Open the form of a post with the text of a template."""
    async with panels.of_templates(ctx, coach, day):
        begun = await templates.begin(actor_of(ctx.interaction), TemplateId(template_id), day=day)
        await open_modal(ctx, _form(begun, limits))


@plugin.route("begin_with_last", FirstAnswer.MODAL)
async def begin_with_last(ctx: PressContext, coach: str, day: str, templates: TemplateService, limits: Limits) -> None:
    """Open the form of a post with the text of the coach's last plan."""
    begun = await templates.begin_with_last(actor_of(ctx.interaction), coach=coach, day=day)
    await open_modal(ctx, _form(begun, limits))


@plugin.route("new_template", FirstAnswer.MODAL)
async def new(ctx: PressContext, coach: str, day: str, templates: TemplateService, limits: Limits) -> None:
    """Open the form for a new template."""
    own = await templates.new(actor_of(ctx.interaction), coach)
    await open_modal(ctx, replies.template_modal(own, day, limit=limits.plan_text))


@plugin.route("add_template", FirstAnswer.UPDATE)
async def add(ctx: SubmitContext, coach: str, day: str, templates: TemplateService) -> None:
    """Save the submitted template, and show the panel with it."""
    actor = actor_of(ctx.interaction)
    saved = await templates.add(actor, coach=coach, name=ctx.field("name"), text=ctx.field("text"))
    panel = await templates.panel(actor, coach=coach, day=day)
    await ctx.update(**replies.templates(panel, replies.template_saved(saved)))


@plugin.route("open_template", FirstAnswer.MODAL)
async def open_template(
    ctx: PressContext, coach: str, day: str, templates: TemplateService, panels: OutdatedPanels, limits: Limits
) -> None:
    """Open the form with the chosen template."""
    async with panels.of_templates(ctx, coach, day):
        template = await templates.get(actor_of(ctx.interaction), TemplateId(ctx.chosen_number))
        await open_modal(ctx, replies.template_modal(template.coach, day, template, limits.plan_text))


@plugin.route("save_template", FirstAnswer.UPDATE)
async def save(ctx: SubmitContext, template_id: int, seen: int, day: str, templates: TemplateService) -> None:
    """Save the submitted change of a template, and show the panel with it."""
    actor, name, text = actor_of(ctx.interaction), ctx.field("name"), ctx.field("text")
    saved = await templates.edit(actor, TemplateId(template_id), seen=seen, name=name, text=text)
    panel = await templates.panel(actor, coach=saved.coach.key, day=day)
    await ctx.update(**replies.templates(panel, replies.template_saved(saved)))


@plugin.route("delete_template", FirstAnswer.UPDATE)
async def delete(ctx: PressContext, coach: str, day: str, templates: TemplateService, panels: OutdatedPanels) -> None:
    """Delete the chosen template, and show the panel without it and its text."""
    actor = actor_of(ctx.interaction)
    async with panels.of_templates(ctx, coach, day):
        deleted = await templates.delete(actor, TemplateId(ctx.chosen_number))
        panel = await templates.panel(actor, coach=coach, day=day)
        await ctx.update(**replies.templates(panel, replies.template_deleted(deleted), deleted.text))


def _form(begun: PlanBeginning, limits: Limits) -> Modal:
    """Return the form of a post, with the text to begin with."""
    return replies.post_modal(begun.form, limits.plan_text, begun.text)
