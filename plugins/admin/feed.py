"""`/admin feed ...`: the tokens with which programs read this server's plans."""

import lightbulb

from bot import replies
from bot.domain.values import MAX_CHOICE_LENGTH, ChannelId
from bot.interactions.options import Suggest
from bot.plugin import CommandContext, actor_of
from bot.service.feed.tokens import FeedTokenService
from plugins.admin.group import feed

_MAX_DAYS = 3650


async def suggest_tokens(ctx: lightbulb.AutocompleteContext[str], tokens: FeedTokenService) -> None:
    """Offer the names of the server's tokens, to managers."""
    offered = await tokens.suggest(actor_of(ctx.interaction), str(ctx.focused.value or ""))
    await ctx.respond([(each.label, each.value) for each in offered])


def token_option(suggest: Suggest = suggest_tokens) -> str:
    """Return a required option for a token."""
    return lightbulb.string("name", "The token’s name.", max_length=MAX_CHOICE_LENGTH, autocomplete=suggest)


@feed.register
class Token(lightbulb.SlashCommand, name="token", description="Create a token with which a program reads the plans."):
    """`/admin feed token`."""

    name = lightbulb.string("name", "The program’s name.", max_length=MAX_CHOICE_LENGTH)
    as_of = lightbulb.string(
        "as_of",
        "The last moment it may read, of each plan’s day: now, session_open, session_close or 09:25.",
        default=None,
        max_length=MAX_CHOICE_LENGTH,
    )
    days = lightbulb.integer("days", "Days until it expires.", default=None, min_value=1, max_value=_MAX_DAYS)
    channel = lightbulb.channel("channel", "A channel it reads beside those that everyone sees.", default=None)

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, tokens: FeedTokenService) -> None:
        """Create it."""
        channel_id = ChannelId(self.channel.id) if self.channel else None
        made = await tokens.create(actor_of(ctx.interaction), self.name, self.as_of, self.days, channel_id)
        await ctx.respond(**replies.feed_token_created(made))


@feed.register
class List(lightbulb.SlashCommand, name="list", description="List the tokens of this server."):
    """`/admin feed list`."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, tokens: FeedTokenService) -> None:
        """List them."""
        await ctx.respond(**replies.feed_tokens(await tokens.tokens(actor_of(ctx.interaction))))


@feed.register
class Revoke(lightbulb.SlashCommand, name="revoke", description="Revoke a token: its program reads nothing anymore."):
    """`/admin feed revoke`."""

    name = token_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, tokens: FeedTokenService) -> None:
        """Revoke it."""
        await ctx.respond(**replies.feed_token_revoked(await tokens.revoke(actor_of(ctx.interaction), self.name)))
