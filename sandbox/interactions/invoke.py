"""Creation of interactions by users, and their responses as users see them.

The users' side (a driver) calls `Interactions.invoke_command`, `autocomplete`, `press` and `submit`. Each
dispatches INTERACTION_CREATE to the application and returns an `Interaction` to wait for:

    interaction = await sandbox.interactions.invoke_command(user, channel, command, options)
    answer = await interaction.first_answer()       # NoAnswerError after 3 s without a response
    await interaction.filled()                      # the deferred response is completed
    interaction.original, interaction.followups, interaction.modal, interaction.choices
"""

from collections.abc import Mapping, Sequence

from sandbox.interactions import payloads
from sandbox.interactions.interaction import (
    Interaction,
    InteractionKind,
    InteractionStarted,
    NoAnswerError,
    ResponseKind,
)
from sandbox.messages.components import find_component
from sandbox.rules import Filled
from sandbox.world.entities import Application, Channel, Command, Json, Message, Upload, User
from sandbox.world.state import World
from sandbox.world.tokens import interaction_token

__all__ = ["Interaction", "InteractionKind", "Interactions", "NoAnswerError", "ResponseKind"]

FIRST_ANSWER_SECONDS = 3.0
"""Discord's deadline of the initial response, in real time (page "Receiving and responding")."""


class Interactions:
    """Every interaction of the world, by id."""

    def __init__(self, world: World) -> None:
        """Store the interactions of `world`."""
        self._world = world
        self.first_answer_seconds = FIRST_ANSWER_SECONDS
        self.by_id: dict[int, Interaction] = {}

    async def invoke_command(
        self,
        user: User,
        channel: Channel,
        command: Command,
        options: Sequence[Json] = (),
        attachments: Mapping[int, Upload] | None = None,
        *,
        target: User | Message | None = None,
    ) -> Interaction:
        """Start a user's command in a channel.

        Args:
            user: the user.
            channel: the channel.
            command: the registered command.
            options: as Discord's client sends them: `{"name", "type", "value"}`, subcommands nested with `options`. An
                attachment option's value is a key of `attachments`.
            attachments: the files of attachment options.
            target: the target of a user or message command.
        """
        data = payloads.command_data(self._world, channel, command, options, attachments or {}, target)
        return self._start(
            InteractionKind.COMMAND,
            user,
            channel,
            self._application(command),
            data,
            command=command,
        )

    async def autocomplete(
        self, user: User, channel: Channel, command: Command, options: Sequence[Json]
    ) -> Interaction:
        """Request the choices of the option with `focused: true`."""
        data = payloads.command_data(self._world, channel, command, options, {}, None)
        data["options"] = list(options)
        return self._start(
            InteractionKind.AUTOCOMPLETE,
            user,
            channel,
            self._application(command),
            data,
            command=command,
        )

    async def press(
        self, user: User, message: Message, custom_id: str, values: Sequence[str] | None = None
    ) -> Interaction:
        """Click a button of a message, or choose `values` in a select menu.

        Raises:
            LookupError: the message has no such component.
        """
        component = find_component(message.components, custom_id)
        channel = self._world.channels[message.channel_id]
        data = payloads.component_data(self._world, channel, component, values)
        application = self._world.applications[message.author_id]
        return self._start(InteractionKind.COMPONENT, user, channel, application, data, message=message)

    async def submit(
        self,
        user: User,
        opened: Interaction,
        fields: Mapping[str, Filled],
    ) -> Interaction:
        """Submit the modal with which the application responded to the interaction `opened`.

        Args:
            user: the user.
            opened: the interaction whose `modal` it is.
            fields: values by custom_id of the inputs: text, a boolean, chosen values, or files. An omitted field is
                submitted with its preset value, or empty.

        Raises:
            LookupError: the interaction opened no modal, or a field is not in it.
        """
        if opened.modal is None:
            raise LookupError(f"interaction {opened.id} opened no modal")
        channel = self._world.channels[opened.channel_id]
        data = payloads.modal_data(self._world, channel, opened.application_id, opened.modal, fields)
        application = self._world.applications[opened.application_id]
        return self._start(
            InteractionKind.MODAL,
            user,
            channel,
            application,
            data,
            message=opened.message,
            opened_by=opened,
        )

    def forge(
        self,
        kind: InteractionKind,
        user: User,
        channel: Channel,
        application: Application,
        data: Json,
        *,
        message: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        """Send an interaction with arbitrary `data`, as a modified client might."""
        return self._start(kind, user, channel, application, data, message=message, opened_by=opened_by)

    def of_token(self, application_id: int, token: str) -> Interaction | None:
        """Return the application's interaction with this token."""
        return next(
            (i for i in self.by_id.values() if i.token == token and i.application_id == application_id),
            None,
        )

    def close(self) -> None:
        """Cancel every deadline."""
        for interaction in self.by_id.values():
            interaction.stop()

    def _application(self, command: Command) -> Application:
        return self._world.applications[command.application_id]

    def _start(
        self,
        kind: InteractionKind,
        user: User,
        channel: Channel,
        application: Application,
        data: Json,
        *,
        command: Command | None = None,
        message: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        new_id = self._world.new_id()
        interaction = Interaction(
            new_id,
            interaction_token(new_id),
            kind,
            application.id,
            user.id,
            channel.id,
            channel.guild_id,
            self._world.clock(),
            command=command,
            message=message,
            opened_by=opened_by,
            changes=self._world.changes,
        )
        interaction.payload = payloads.whole(self._world, interaction, data)
        self.by_id[new_id] = interaction
        interaction.start(self.first_answer_seconds)
        self._world.dispatch(InteractionStarted(interaction))
        return interaction
