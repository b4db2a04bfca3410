"""What a handler is called with: what can be answered, who acts, and which act it is."""

import asyncio
import contextlib
import dataclasses
import enum
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, TypeVar

import hikari
import lightbulb

from bot.domain.errors import NotInGuildError
from bot.domain.locales import date_order
from bot.domain.values import Actor, ChannelId, GuildId, LeftOut, OperationId, RoleId, UserId, Writing
from bot.interactions.lightbulb_internals import ResponseContext
from bot.replies.custom_ids import Modal, UnknownRouteError, number_in, with_custom_ids

_ANSWERED_ALREADY: Final = 40060
"""Discord's code where an interaction has its first answer: it came twice, or the answer was sent twice."""


MessageInteractionT = TypeVar("MessageInteractionT", hikari.ComponentInteraction, hikari.ModalInteraction)

TOO_LATE: Final = (hikari.NotFoundError, hikari.UnauthorizedError)
"""What Discord answers when an interaction is past its 3 s or its token past its 15 min."""


class FirstAnswer(enum.Enum):
    """The first answer that a handler gives: it says how the interaction is deferred where that takes a while."""

    PRIVATE = enum.auto()
    """A message for the one who acts."""
    PUBLIC = enum.auto()
    """A message for everyone. Once it is deferred, a refusal is shown to everyone too."""
    UPDATE = enum.auto()
    """A change of the message that was pressed on, or that led to the form."""
    MODAL = enum.auto()
    """A modal, which can't be deferred: its handler only reads, and little."""


def is_answered_already(error: Exception) -> bool:
    """Whether Discord refused a first answer because it has one: an earlier try had arrived after all."""
    return isinstance(error, hikari.BadRequestError) and error.code == _ANSWERED_ALREADY


@dataclasses.dataclass(frozen=True, slots=True)
class UnsavedText:
    """A text on its way into the database, which its writer gets back if that fails."""

    writing: Writing
    left_out: tuple[LeftOut, ...]
    """Pictures of it that were refused."""


class OpenReceipt(Protocol):
    """A private answer that was begun, and is still to be filled."""

    async def finish(self, reply: Mapping[str, Any]) -> bool:
        """Fill it."""
        ...


class HandlerState:
    """The part of a context by which a handler and the code that answers for it know of each other."""

    unsaved: UnsavedText | None = None
    receipt: OpenReceipt | None = None


class CommandContext(HandlerState, lightbulb.Context):
    """A command was used."""


class MessageContext(HandlerState, ResponseContext[MessageInteractionT]):
    """Something was done from a message, which can be changed."""

    @property
    def has_message(self) -> bool:
        """False: it was a form that a command has opened."""
        return self.interaction.message is not None

    async def defer_update(self) -> None:
        """Let `update` take longer than 3 seconds."""
        async with self.response_lock:
            if self.initial_response_sent.is_set():
                return
            await self.send_first_answer(hikari.ResponseType.DEFERRED_MESSAGE_UPDATE)
            self.initial_response_sent.set()

    async def update(self, **reply: Any) -> None:
        """Put this reply in the place of the message, as the first answer; where there is none, answer with it."""
        if not self.has_message:
            await self.respond(**reply)
            return
        async with self.response_lock:
            if self.initial_response_sent.is_set():
                shown = {name: value for name, value in reply.items() if name != "flags"}
                await self.interaction.edit_initial_response(**shown)
                return
            try:
                await self.send_first_answer(hikari.ResponseType.MESSAGE_UPDATE, **reply)
            except hikari.BadRequestError as error:
                if not is_answered_already(error):
                    raise
            self.initial_response_sent.set()


class PressContext(MessageContext[hikari.ComponentInteraction]):
    """A button was pressed, or something was chosen in a select."""

    def __init__(self, interaction: hikari.ComponentInteraction, initial_response_sent: asyncio.Event) -> None:
        super().__init__(initial_response_sent)
        self._interaction = interaction

    @property
    def interaction(self) -> hikari.ComponentInteraction:
        """The interaction as hikari gives it."""
        return self._interaction

    @property
    def chosen(self) -> Sequence[str]:
        """The values chosen in a select; empty for a button."""
        return self._interaction.values

    @property
    def choice(self) -> str:
        """The one value chosen in a select.

        Raises:
            UnknownRouteError: the select of the message does not offer it, or it is not one.
        """
        selects = (
            each
            for each in with_custom_ids(self._interaction.message.components)
            if each.custom_id == self._interaction.custom_id
        )
        offered = {option.value for select in selects for option in getattr(select, "options", ())}
        if len(self.chosen) != 1 or self.chosen[0] not in offered:
            raise UnknownRouteError(self._interaction.custom_id)
        return self.chosen[0]

    @property
    def chosen_number(self) -> int:
        """The one value chosen in a select, which is a number.

        Raises:
            UnknownRouteError: the select of the message does not offer it, or it is not one.
        """
        return number_in(self.choice)

    async def respond_with_modal(
        self, title: str, custom_id: str, *, components: Sequence[hikari.api.ComponentBuilder]
    ) -> None:
        """Open a modal as the first answer.

        Raises:
            RuntimeError: there is a first answer already.
        """
        async with self.response_lock:
            if self.initial_response_sent.is_set():
                raise RuntimeError("a modal can only be the first answer")
            await self._interaction.create_modal_response(title, custom_id, components=components)
            self.initial_response_sent.set()


class SubmitContext(MessageContext[hikari.ModalInteraction]):
    """A modal was sent."""

    def __init__(self, interaction: hikari.ModalInteraction, initial_response_sent: asyncio.Event) -> None:
        super().__init__(initial_response_sent)
        self._interaction = interaction

    @property
    def interaction(self) -> hikari.ModalInteraction:
        """The interaction as hikari gives it."""
        return self._interaction

    @property
    def fields(self) -> Mapping[str, str]:
        """What was typed, by the input's `custom_id`."""
        return {field.custom_id: field.value for row in self._interaction.components for field in row}

    def field(self, custom_id: str) -> str:
        """Return what was typed into a field that the form has.

        Raises:
            UnknownRouteError: the form came without it.
        """
        try:
            return self.fields[custom_id]
        except KeyError:
            raise UnknownRouteError(self._interaction.custom_id) from None


Respondable: TypeAlias = CommandContext | PressContext | SubmitContext
"""What can be answered with a message."""


OpensModal: TypeAlias = CommandContext | PressContext
"""An interaction that can be answered with a modal."""


async def open_modal(ctx: OpensModal, modal: Modal) -> None:
    """Answer with a modal."""
    await ctx.respond_with_modal(modal.title, modal.custom_id, components=modal.rows)


async def open_modal_or(ctx: OpensModal, modal: Modal, reply: Mapping[str, Any]) -> None:
    """Answer with a modal; where the answer was deferred, with this reply, which leads to it."""
    if not ctx.initial_response_sent.is_set():
        with contextlib.suppress(RuntimeError):  # the answer is being deferred just now
            await open_modal(ctx, modal)
            return
    await ctx.respond(**reply)


def actor_of(interaction: hikari.PartialInteraction) -> Actor:
    """Who acts, and where, as Discord vouches for it.

    Raises:
        NotInGuildError: not in a guild, or in one that the bot was not invited to.
    """
    member = getattr(interaction, "member", None)
    owners = getattr(interaction, "authorizing_integration_owners", {})
    if member is None or hikari.ApplicationIntegrationType.GUILD_INSTALL not in owners:
        raise NotInGuildError
    channel_id = getattr(interaction, "channel_id", None)
    manages = hikari.Permissions.MANAGE_GUILD | hikari.Permissions.ADMINISTRATOR
    return Actor(
        guild_id=GuildId(member.guild_id),
        user_id=UserId(member.id),
        role_ids=frozenset(RoleId(role_id) for role_id in member.role_ids),
        is_manager=bool(member.permissions & manages),
        channel_id=channel_id and ChannelId(channel_id),
        sent_at=interaction.id.created_at,
        date_order=date_order(*(getattr(interaction, whose, None) for whose in ("locale", "guild_locale"))),
    )


def member_of(interaction: hikari.CommandInteraction, user: hikari.User) -> Actor:
    """A user that a command points at, as one who would act in the same guild; one who left has no roles."""
    member = interaction.resolved.members.get(user.id) if interaction.resolved else None
    roles = member.role_ids if member else ()
    return Actor(actor_of(interaction).guild_id, UserId(user.id), frozenset(RoleId(role_id) for role_id in roles))


def operation_of(interaction: hikari.PartialInteraction) -> OperationId:
    """What makes an act one act, however often Discord delivers it."""
    return OperationId(interaction.id)
