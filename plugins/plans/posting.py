"""`/plan post`, and its forms."""

import lightbulb

from bot.domain.values import MAX_CHARTS, DraftId, DraftKind, Submission
from bot.interactions.context import PressContext, SubmitContext
from bot.interactions.options import attached, coach_option, day_option, picture_option, suggest_own_coaches
from bot.interactions.plan_flow import PlanFlow
from bot.plugin import CommandContext, FirstAnswer
from plugins.plans.group import plan, plugin


@plan.register
class Post(lightbulb.SlashCommand, name="post", description="Post your plan for a trading day."):
    """`/plan post`: text now, or a modal to write it in."""

    coach = coach_option("Post as this coach. Default: your only one.", suggest_own_coaches)
    day = day_option()
    text = lightbulb.string("text", "The plan. Leave empty to write it in a form.", default=None, max_length=4000)
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

    @property
    def first_answer(self) -> FirstAnswer:
        """A form, if no text was given; with pictures, which are saved first, perhaps a button to open it."""
        has_pictures = any(getattr(self, f"chart{number}") for number in range(1, MAX_CHARTS + 1))
        return FirstAnswer.PRIVATE if self.text is not None or has_pictures else FirstAnswer.MODAL

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, flow: PlanFlow) -> None:
        """Post, or open the form."""
        submission = Submission(DraftKind.POST, self.text or "", coach=self.coach, day=self.day, pictures=attached(ctx))
        if self.text is None:
            await flow.open_form(ctx, submission)
        else:
            await flow.post(ctx, submission)


@plugin.route("write", FirstAnswer.MODAL)
async def write(ctx: PressContext, flow: PlanFlow) -> None:
    """Open an empty form, from a button that stays in a channel."""
    await flow.open_form(ctx, Submission(DraftKind.POST, ""))


@plugin.route("write_for", FirstAnswer.MODAL)
async def write_for(ctx: PressContext, coach: str, day: str, flow: PlanFlow) -> None:
    """Open an empty form for another day than one that has a plan."""
    await flow.open_form(ctx, Submission(DraftKind.POST, "", coach=coach, day=day))


@plugin.route("post", FirstAnswer.REPLACE)
async def post(ctx: SubmitContext, coach: str, day: str, flow: PlanFlow) -> None:
    """Post the submitted plan."""
    await flow.post(ctx, _sent(ctx, coach, day))


@plugin.route("send_draft", FirstAnswer.REPLACE)
async def send_draft(ctx: SubmitContext, draft_id: int, coach: str, flow: PlanFlow) -> None:
    """Post a draft with another text, coach or day, or more pictures."""
    await flow.post_draft(ctx, DraftId(draft_id), _sent(ctx, coach))


@plugin.route("post_draft", FirstAnswer.REPLACE)  # of forms that were opened before `send_draft` was there
@plugin.route("post_kept", FirstAnswer.REPLACE)
async def post_draft(ctx: SubmitContext, draft_id: int, flow: PlanFlow) -> None:
    """Post a draft with another text, coach or day."""
    await flow.post_draft(ctx, DraftId(draft_id), _sent(ctx))


def _sent(ctx: SubmitContext, coach: str = "", day: str = "") -> Submission:
    """Return what was sent with a form; `coach` and `day` are those of one that has no field for them."""
    coach, day = ctx.fields.get("coach") or coach, ctx.fields.get("day") or day
    return Submission(DraftKind.POST, ctx.field("text"), coach=coach or None, day=day or None, pictures=ctx.files)
