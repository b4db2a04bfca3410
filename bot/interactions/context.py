"""The contexts that handlers are called with: they are answered, and name the actor and the operation."""

import asyncio
import dataclasses
import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, TypeVar

import hikari
import lightbulb

from bot.discord.modal_fields import Submitted
from bot.domain.errors import NotInGuildError
from bot.domain.locales import date_order
from bot.domain.values import (
    Actor,
    Attachment,
    ChannelId,
    GuildId,
    Members,
    OperationId,
    RejectedPicture,
    RoleId,
    Submission,
    UserId,
)
from bot.interactions.lightbulb_internals import ResponseContext
from bot.replies.custom_ids import RouteId, UnknownRouteError, number_in, with_custom_ids

_ANSWERED_ALREADY: Final = 40060
"""Discord's code for an interaction that has its first answer: one of the two was delivered or sent twice."""


MessageInteractionT = TypeVar("MessageInteractionT", hikari.ComponentInteraction, hikari.ModalInteraction)

TOO_LATE: Final = (hikari.NotFoundError, hikari.UnauthorizedError)
"""Discord's errors for an interaction that is older than 3 s, or whose token is older than 15 min."""


class FirstAnswer(enum.Enum):
    """The type of a handler's first answer, as which a slow answer is deferred."""

    PRIVATE = enum.auto()
    """A message for the user alone."""
    PUBLIC = enum.auto()
    """A message for everyone. Once it is deferred, a refusal is shown to everyone too."""
    UPDATE = enum.auto()
    """A change of the message that has the button, or that opened the form."""
    REPLACE = enum.auto()
    """A change of that message if only the user sees it; else a message for the user alone."""
    MODAL = enum.auto()
    """A modal, which can't be deferred: its handler reads a little, and writes nothing."""


def is_answered_already(error: Exception) -> bool:
    """Return whether Discord refused a first answer because it has one, from an earlier attempt."""
    return isinstance(error, hikari.BadRequestError) and error.code == _ANSWERED_ALREADY


@dataclasses.dataclass(frozen=True, slots=True)
class UnsavedText:
    """A text that is being saved, and is returned to its author if that fails."""

    submission: Submission
    left_out: tuple[RejectedPicture, ...]
    """Its rejected pictures."""


class OpenReceipt(Protocol):
    """A deferred private answer."""

    async def finish(self, reply: Mapping[str, Any]) -> bool:
        """Fill the answer with this reply; False: the user may not see it."""
        ...


class HandlerState:
    """The state that a handler and the error handler share."""

    unsaved: UnsavedText | None = None
    receipt: OpenReceipt | None = None


class CommandContext(HandlerState, lightbulb.Context):
    """The context of a command."""


class MessageContext(HandlerState, ResponseContext[MessageInteractionT]):
    """The context of a button, select or modal: the message that it belongs to can be changed."""

    @property
    def has_message(self) -> bool:
        """False: a command opened the form."""
        return self.interaction.message is not None

    @property
    def is_private(self) -> bool:
        """True if only the user sees the message."""
        message = self.interaction.message
        return message is not None and hikari.MessageFlag.EPHEMERAL in message.flags

    async def replace(self, **reply: Any) -> None:
        """Replace the message by this reply if only the user sees it; else answer with a private message."""
        await (self.update(**reply) if self.is_private else self.respond(**reply))

    async def defer_update(self) -> None:
        """Defer the answer of `update`."""
        async with self.response_lock:
            if self.initial_response_sent.is_set():
                return
            await self.send_first_answer(hikari.ResponseType.DEFERRED_MESSAGE_UPDATE)
            self.initial_response_sent.set()

    async def update(self, **reply: Any) -> None:
        """Replace the message by this reply, as the first answer; without a message, answer with it."""
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
    """The context of a pressed button, or of a choice in a select."""

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
        offered = {option.value for select in self._selects() for option in getattr(select, "options", ())}
        if len(self.chosen) != 1 or self.chosen[0] not in offered:
            raise UnknownRouteError(self._interaction.custom_id)
        return self.chosen[0]

    def arguments_beside(self, action: str) -> tuple[str, ...]:
        """Return the arguments of the component with this route in the same message.

        Raises:
            UnknownRouteError: there is none.
        """
        routes = (RouteId.parse(each.custom_id) for each in with_custom_ids(self._interaction.message.components))
        for each in routes:
            if each.action == action:
                return each.arguments
        raise UnknownRouteError(action)

    @property
    def chosen_number(self) -> int:
        """The one value chosen in a select, which is a number.

        Raises:
            UnknownRouteError: the select of the message does not offer it, or it is not one.
        """
        return number_in(self.choice)

    @property
    def chosen_channel(self) -> ChannelId:
        """The one channel chosen in a select.

        Raises:
            UnknownRouteError: the select of the message offers no such channel, or it is not one.
        """
        resolved = self._interaction.resolved
        channels = list(resolved.channels.values()) if resolved else []
        kinds = {kind for select in self._selects() for kind in getattr(select, "channel_types", ())}
        if len(channels) != 1 or channels[0].type not in kinds:
            raise UnknownRouteError(self._interaction.custom_id)
        return ChannelId(channels[0].id)

    @property
    def chosen_members(self) -> Members:
        """The members and roles chosen in a select; there may be none.

        Raises:
            UnknownRouteError: the select is of another type.
        """
        if self._interaction.component_type is not hikari.ComponentType.MENTIONABLE_SELECT_MENU:
            raise UnknownRouteError(self._interaction.custom_id)
        resolved = self._interaction.resolved
        users, roles = (resolved.users, resolved.roles) if resolved else ((), ())
        return Members(frozenset(map(UserId, users)), frozenset(map(RoleId, roles)))

    def _selects(self) -> Iterator[Any]:
        """Yield the select of the message, as it was sent."""
        components = with_custom_ids(self._interaction.message.components)
        return (each for each in components if each.custom_id == self._interaction.custom_id)

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
    """The context of a submitted modal."""

    def __init__(
        self, interaction: hikari.ModalInteraction, initial_response_sent: asyncio.Event, submitted: Submitted
    ) -> None:
        super().__init__(initial_response_sent)
        self._interaction = interaction
        self._submitted = submitted

    @property
    def interaction(self) -> hikari.ModalInteraction:
        """The interaction as hikari gives it."""
        return self._interaction

    @property
    def fields(self) -> Mapping[str, str]:
        """The texts that were typed and the values that were chosen, by the `custom_id` of their fields."""
        return self._submitted.values

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The files that were uploaded; their links end soon."""
        return self._submitted.files

    def field(self, custom_id: str) -> str:
        """Return the text that was typed into a field of the form, or the value that was chosen in it.

        Raises:
            UnknownRouteError: the form has no such field.
        """
        try:
            return self.fields[custom_id]
        except KeyError:
            raise UnknownRouteError(self._interaction.custom_id) from None


Respondable: TypeAlias = CommandContext | PressContext | SubmitContext
"""An interaction that can be answered with a message."""


def actor_of(interaction: hikari.PartialInteraction) -> Actor:
    """Return the user of an interaction, with the guild and channel, as Discord states them.

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
    """Return the user that a command is about as an actor in the same guild; one who left has no roles."""
    member = interaction.resolved.members.get(user.id) if interaction.resolved else None
    roles = member.role_ids if member else ()
    return Actor(actor_of(interaction).guild_id, UserId(user.id), frozenset(RoleId(role_id) for role_id in roles))


def operation_of(interaction: hikari.PartialInteraction) -> OperationId:
    """Return the id by which an interaction is handled once, however often Discord delivers it."""
    return OperationId(interaction.id)
