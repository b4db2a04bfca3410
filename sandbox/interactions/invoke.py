"""Interactions as the people's side of Discord starts them and sees them answered.

The people's side (a driver) calls `Interactions.invoke_command`, `autocomplete`, `press` and `submit`. Each
dispatches INTERACTION_CREATE to the application and gives an `Interaction`, on which one waits:

    interaction = await sandbox.interactions.invoke_command(user, channel, command, options)
    answer = await interaction.first_answer()       # NoAnswerError when nothing came in 3 s
    await interaction.filled()                      # a deferred answer has got its message
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
"""How long Discord waits for the first answer, in real time (page "Receiving and responding")."""


class Interactions:
    """Every interaction of the world, by id."""

    def __init__(self, world: World) -> None:
        """Keep the interactions of `world`."""
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
        """Let a user use a command in a channel.

        Args:
            user: who uses it.
            channel: where.
            command: the registered command.
            options: as Discord's client sends them: `{"name", "type", "value"}`, subcommands nested with `options`. An
                attachment option's value is a key of `attachments`.
            attachments: the files of attachment options.
            target: of a user or message command: what it is used on.
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
        """Ask for the choices of the option with `focused: true`."""
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
        """Press a button of a message, or choose `values` in a select menu.

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
        """Submit the modal which the interaction `opened` was answered with.

        Args:
            user: who submits it.
            opened: the interaction whose `modal` it is.
            fields: what was filled in, by custom_id of the inputs: text, a tick, chosen values, or files. One left out
                is submitted as its preset value, or empty.

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
        """Send an interaction whose `data` is made up, as a changed client might."""
        return self._start(kind, user, channel, application, data, message=message, opened_by=opened_by)

    def of_token(self, application_id: int, token: str) -> Interaction | None:
        """The interaction with this token, if it is one of the application's."""
        return next(
            (i for i in self.by_id.values() if i.token == token and i.application_id == application_id),
            None,
        )

    def close(self) -> None:
        """Stop every timer."""
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
