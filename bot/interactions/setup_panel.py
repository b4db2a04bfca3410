"""The panel of `/admin setup`: a private message that is updated after each change made with it."""

import hashlib
from typing import Final

import hikari

from bot import replies
from bot.cards.messages import CardError, NoMessageError, RefusedError, translate_errors
from bot.discord.member_names import NameLookup
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import (
    Actor,
    CardFailure,
    ChannelId,
    GuildId,
    GuildSettings,
    MessageId,
    SettingsChange,
    Setup,
    WriteButton,
)
from bot.interactions.context import CommandContext, PressContext, SubmitContext, actor_of
from bot.interactions.missing_permissions import MissingPermissions
from bot.interactions.settings_flow import SettingsFlow
from bot.interactions.write_button import WriteButtonLookup
from bot.replies.layout import Reply
from bot.service import timezones
from bot.service.coaches import CoachService
from bot.service.settings import SettingsService

_NONCE_BYTES: Final = 12
"""24 characters: Discord takes 25 (Create Message)."""


class SetupPanel:
    """Shows the panel, and makes the changes that are chosen in it."""

    def __init__(
        self,
        gateway: hikari.GatewayBot,
        settings: SettingsService,
        flow: SettingsFlow,
        coaches: CoachService,
        names: NameLookup,
        missing: MissingPermissions,
        buttons: WriteButtonLookup,
    ) -> None:
        self._rest = gateway.rest
        self._cache = gateway.cache
        self._settings = settings
        self._flow = flow
        self._coaches = coaches
        self._names = names
        self._missing = missing
        self._buttons = buttons

    async def open(self, ctx: CommandContext) -> None:
        """Show the panel."""
        await self._buttons.find(actor_of(ctx.interaction))
        await ctx.respond(**replies.setup(await self._state(ctx, 1)))

    async def show(self, ctx: PressContext | SubmitContext, page: int, done: str = "") -> None:
        """Show this page of the coaches; `done` says what was just done."""
        await ctx.update(**replies.setup(await self._state(ctx, page), done))

    async def save(self, ctx: PressContext | SubmitContext, page: int, wanted: SettingsChange) -> None:
        """Save a setting."""
        changed = await self._flow.change(actor_of(ctx.interaction), wanted)
        await self.show(ctx, page, replies.setup_saved(wanted, changed, ctx.interaction.created_at))

    async def set_members(self, ctx: PressContext, page: int, key: str, mark: str) -> None:
        """Replace the members of a coach that the menu with this mark showed by the chosen ones."""
        actor, chosen = actor_of(ctx.interaction), ctx.chosen_members
        listed = await self._coaches.with_members(actor, key)
        names = await self._names.of(actor.guild_id, listed.members)
        shown = replies.shown_members(listed.members, names.gone)
        if replies.mark_of(shown) != mark:
            await self.show(ctx, page, replies.members_outdated(listed.coach))
            return
        change = await self._coaches.replace(actor, key, shown, chosen)
        asked = change.coach if change.is_everyone_left_out else None
        await ctx.update(**replies.setup(await self._state(ctx, page), replies.members_replaced(change), asked))

    async def post_button(self, ctx: PressContext, page: int, channel_id: ChannelId | None = None) -> None:
        """Post the button in this channel, by default where it was, or else in the plans' channel."""
        actor = actor_of(ctx.interaction)
        if channel_id is None:
            await self._buttons.find(actor)
        settings = await self._settings.read(actor)
        old = settings.write_button
        if channel_id is None and old and old.message_id:  # a panel of before offers to post it
            await self.show(ctx, page, replies.button_already(old.channel_id))
            return
        channel_id = channel_id or self._button_channel(actor.guild_id, settings)
        if channel_id is None:
            await self.show(ctx, page, replies.no_button_channel())
            return
        try:
            posted = await self._post_button(ctx, channel_id, old)
        except CardError as error:
            lacking = self._missing.of(ctx.interaction, [channel_id])
            await self.show(ctx, page, replies.button_refused(channel_id, _failure_of(error), lacking))
            return
        replaced = await self._remember(actor, posted)
        if replaced and replaced.message_id and replaced != posted:
            await self._delete(replaced.channel_id, replaced.message_id)
        await self.show(ctx, page, replies.button_posted(channel_id))

    async def test_post(self, ctx: PressContext, page: int) -> None:
        """Post a message in the plans' channel as a card is posted, and remove it."""
        channel_id = (await self._settings.read(actor_of(ctx.interaction))).plans_channel_id
        if channel_id is None:
            await self.show(ctx, page, replies.no_plans_channel())
            return
        if lacking := self._missing.of(ctx.interaction, [channel_id]):
            await self.show(ctx, page, replies.post_test_failed(channel_id, CardFailure.CLOSED, lacking))
            return
        try:
            message_id = await self._post(channel_id, replies.post_test(), f"t{ctx.interaction.id}")
        except CardError as error:
            await self.show(ctx, page, replies.post_test_failed(channel_id, _failure_of(error), lacking))
            return
        is_removed = await self._delete(channel_id, message_id)
        await self.show(ctx, page, replies.post_test_passed(channel_id, is_removed=is_removed))

    async def _state(self, ctx: CommandContext | PressContext | SubmitContext, page: int) -> Setup:
        """Return the state of the guild with this page of its coaches."""
        actor = actor_of(ctx.interaction)
        settings, coaches = await self._settings.read(actor), await self._coaches.setup_page(actor, page)
        channel_id = settings.plans_channel_id
        is_channel_gone = channel_id is not None and self._is_deleted(actor.guild_id, channel_id)
        lacking = self._missing.of(ctx.interaction, [channel_id] if channel_id else [])
        return Setup(
            actor.guild_id,
            settings,
            coaches,
            await self._names.of(actor.guild_id, coaches.members),
            tuple(each.value for each in timezones.suggestions("")),
            lacking=lacking.get(channel_id, ()) if channel_id else (),
            is_channel_gone=is_channel_gone,
        )

    def _is_deleted(self, guild_id: GuildId, channel_id: ChannelId) -> bool:
        """Return whether a channel was deleted, as far as the gateway has sent the guild."""
        return self._cache.get_guild(guild_id) is not None and self._cache.get_guild_channel(channel_id) is None

    def _button_channel(self, guild_id: GuildId, settings: GuildSettings) -> ChannelId | None:
        """Return the channel for the button."""
        old = settings.write_button
        if old is not None and not self._is_deleted(guild_id, old.channel_id):
            return old.channel_id
        return settings.plans_channel_id

    async def _post_button(self, ctx: PressContext, channel_id: ChannelId, old: WriteButton | None) -> WriteButton:
        """Post the button in place of the old one: once, also if several taps do the same within minutes.

        Raises:
            CardError: it was not posted, or perhaps not.
        """
        reply = replies.write_button()
        try:
            message_id = await self._post(channel_id, reply, _nonce(channel_id, old and old.message_id))
        except NoMessageError:  # such a tap did, and its message was deleted since
            message_id = await self._post(channel_id, reply, f"b{ctx.interaction.id}")
        return WriteButton(channel_id, message_id)

    async def _post(self, channel_id: ChannelId, reply: Reply, nonce: str) -> MessageId:
        """Post a message, once for a nonce."""
        with translate_errors():
            message = await self._rest.create_message(channel_id, nonce=nonce, **reply)
        return MessageId(message.id)

    async def _delete(self, channel_id: ChannelId, message_id: MessageId) -> bool:
        """Delete a message; return whether it is gone."""
        try:
            await self._rest.delete_message(channel_id, message_id)
        except hikari.NotFoundError:
            return True
        except (hikari.HikariError, OSError):
            return False
        return True

    async def _remember(self, actor: Actor, posted: WriteButton) -> WriteButton | None:
        """Save where the button is, and return the one that it replaces; if that fails, delete it."""
        try:
            return await self._settings.put_write_button(actor, posted)
        except DatabaseUnavailableError:
            if posted.message_id:
                await self._delete(posted.channel_id, posted.message_id)
            raise


def _failure_of(error: CardError) -> CardFailure | None:
    """Return why Discord rejects a request; None: nobody knows whether it was carried out."""
    return error.failure if isinstance(error, RefusedError) else None


def _nonce(channel_id: ChannelId, replaced: MessageId | None) -> str:
    """Return the nonce of a button in the channel that replaces this message."""
    return hashlib.blake2b(f"{channel_id} {replaced}".encode(), digest_size=_NONCE_BYTES).hexdigest()
