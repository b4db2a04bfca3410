"""The lightbulb client of this bot: routes for buttons and modals, and the interactions in flight."""

import asyncio
import collections
import contextlib
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any, cast

import hikari
import lightbulb
import structlog
from lightbulb.commands import CommandBase

from bot import replies
from bot.discord.modal_fields import SubmittedModals
from bot.domain.clock import Clock
from bot.domain.errors import RefusalError
from bot.interactions import command_input, measurements
from bot.interactions.answer_conflicts import AnswerConflicts
from bot.interactions.context import (
    TOO_LATE,
    CommandContext,
    FirstAnswer,
    PressContext,
    Respondable,
    SubmitContext,
    is_answered_already,
)
from bot.interactions.deferral import FirstAnswerSent, acknowledge, age_of, deferring, note_result, noting_failure
from bot.interactions.error_handler import ErrorHandler
from bot.interactions.gate import Gate
from bot.interactions.in_flight import InFlight, Subject
from bot.interactions.lightbulb_internals import ExtensibleClient, first_answer_of, resolve_options
from bot.interactions.measurements import InteractionResult, Measurements
from bot.interactions.repetition import Repetition
from bot.interactions.routes import Routes
from bot.interactions.turn_order import Place
from bot.interactions.turns import Turns
from bot.replies.custom_ids import plugin_of

REMEMBERED = 200
"""The number of interactions whose second delivery is noticed here: Discord replays events after a lost connection.

Later deliveries are noticed by the database: see `bot.service.records.operations`.
"""

_log = structlog.get_logger(__name__)


class Client(ExtensibleClient):
    """Hands commands to lightbulb, and buttons and modals to the plugins' routes."""

    def __init__(self, gateway: hikari.GatewayBot, error_handler: ErrorHandler, clock: Clock) -> None:
        super().__init__(
            gateway,
            default_enabled_guilds=(),
            execution_step_order=lightbulb.DEFAULT_EXECUTION_STEP_ORDER,
            default_locale=hikari.Locale.EN_US,
            localization_provider=lightbulb.localization_unsupported,
            delete_unknown_commands=True,
            deferred_registration_callback=None,
            hooks=(),
            sync_commands=False,  # bot.discord.commands.sync does it
            features=(),
        )
        self.routes = Routes()
        self.in_flight = InFlight()
        self.turns = Turns()
        self.gate = Gate()
        self.conflicts = AnswerConflicts()
        self.measurements = Measurements()
        self._modals = SubmittedModals(gateway)
        self._delivered: collections.deque[hikari.Snowflake] = collections.deque(maxlen=REMEMBERED)
        self._handling: set[hikari.Snowflake] = set()
        self._error_handler = error_handler
        self._clock = clock
        self.error_handler(self._respond_to_failed_command)

    async def handle_interaction_create(
        self,
        interaction: hikari.PartialInteraction,
        initial_response_sent_event: asyncio.Event | None = None,
    ) -> None:
        """Handle any interaction in its turn, but not a second time if it is delivered again."""
        if interaction.id in self._delivered or interaction.id in self._handling:
            _log.warning("delivered again", interaction_id=int(interaction.id))
            if interaction.id not in self._handling:
                self._modals.forget(interaction.id)
            return
        self._delivered.append(interaction.id)
        sent = FirstAnswerSent(age_of(interaction.id, self._clock()))
        with self._handle(interaction.id), self.in_flight.counted():
            async with await self._turn(interaction, sent):
                await self.gate.wait_open(lambda: self._is_loaded(interaction))
                with self.in_flight.about(_subject(interaction)):
                    try:
                        await super().handle_interaction_create(interaction, sent)
                    except SystemExit as error:  # of an autocomplete: else it would end the bot
                        _log.error("a plugin called sys.exit", interaction_id=int(interaction.id), exc_info=error)
                        sent.result = InteractionResult.FAILED
            if sent.is_refused:
                self.conflicts.note()
            name = measurements.name_of(interaction, self, self.routes)
            self.measurements.note(measurements.kind_of(interaction), name, sent.result, sent.waited)

    def stop_answering(self, seconds: float) -> None:
        """Answer no failed interaction after so many seconds."""
        self._error_handler.stop_answering(seconds)

    async def handle_application_command_interaction(
        self, interaction: hikari.CommandInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Run a command, or answer that it is not loaded or that its options are invalid."""
        used = self.find_command(interaction)
        if used is None:
            refusal = replies.command_disabled()
        elif not command_input.is_valid(interaction, used.given, _options_of(used.command)):
            refusal = replies.no_longer_valid("command")
        else:
            await super().handle_application_command_interaction(interaction, initial_response_sent)
            return
        await _refuse(interaction, initial_response_sent, refusal)

    async def handle_autocomplete_interaction(
        self, interaction: hikari.AutocompleteInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Offer choices, or none where the options are invalid."""
        used = self.find_command(interaction)
        if used and command_input.can_be_completed(used.given, _options_of(used.command)):
            await super().handle_autocomplete_interaction(interaction, initial_response_sent)
            return
        with contextlib.suppress(*TOO_LATE):
            await interaction.create_response([])

    async def handle_component_interaction(
        self, interaction: hikari.ComponentInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Follow the route of a button or select, or run the command that a button repeats."""
        if repetition := Repetition.parse(interaction.custom_id):
            if ctx := self._repeated(repetition, interaction, initial_response_sent):
                await self.run_command(ctx)
            else:
                await _refuse(interaction, initial_response_sent, replies.no_longer_valid("button"))
        else:
            await self._follow(PressContext(interaction, initial_response_sent))

    async def handle_modal_interaction(
        self, interaction: hikari.ModalInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Follow the route of a submitted modal."""
        await self._follow(SubmitContext(interaction, initial_response_sent, self._modals.fields(interaction)))

    async def _turn(
        self, interaction: hikari.PartialInteraction, sent: FirstAnswerSent
    ) -> contextlib.AbstractAsyncContextManager[None]:
        """Return the turn of an interaction, which is acknowledged if that comes late."""
        ctx = self._context_of(interaction, sent)
        if isinstance(ctx, CommandContext):
            with contextlib.suppress(Exception):  # the handler fails as well, and is answered
                await resolve_options(ctx)
        first_answer = self._first_answer(ctx) if ctx else FirstAnswer.MODAL
        due_at = None if first_answer is FirstAnswer.MODAL else sent.due_at
        guild_id, user = getattr(interaction, "guild_id", None), getattr(interaction, "user", None)
        place = Place(int(guild_id or 0), int(user.id) if user else 0, due_at)

        async def defer_now() -> None:
            if ctx:
                await acknowledge(ctx, first_answer)

        return self.turns.taken(place, defer_now)

    def _context_of(self, interaction: hikari.PartialInteraction, sent: FirstAnswerSent) -> Respondable | None:
        """Return the context of an interaction; None: it offers choices, or nothing can handle it."""
        if isinstance(interaction, hikari.ModalInteraction):
            return SubmitContext(interaction, sent, self._modals.fields(interaction))
        if isinstance(interaction, hikari.ComponentInteraction):
            repetition = Repetition.parse(interaction.custom_id)
            return self._repeated(repetition, interaction, sent) if repetition else PressContext(interaction, sent)
        if isinstance(interaction, hikari.CommandInteraction):
            used = self.find_command(interaction)
            if used and command_input.is_valid(interaction, used.given, _options_of(used.command)):
                return self.build_command_context(interaction, used.given, used.command, sent)
        return None

    def _first_answer(self, ctx: Respondable) -> FirstAnswer:
        """Return the type of the first answer; a private message where a command fails to say."""
        if not isinstance(ctx, CommandContext):
            return self.routes.first_answer(ctx.interaction.custom_id)
        try:
            return getattr(ctx.command, "first_answer", FirstAnswer.PRIVATE)
        except Exception as error:  # noqa: BLE001 - a plugin's own code
            _log.error("no first answer", interaction_id=int(ctx.interaction.id), exc_info=error)
            return FirstAnswer.PRIVATE

    def _repeated(
        self, repetition: Repetition, interaction: hikari.ComponentInteraction, sent: asyncio.Event
    ) -> CommandContext | None:
        """Return the context of the command that a button repeats; None: the button does not fit the command."""
        command = self.find_slash_command(repetition.path)
        options = repetition.options(_options_of(command)) if command else None
        if command is None or options is None:
            return None
        pressed = cast("hikari.CommandInteraction", interaction)  # a command's context uses what both types have
        return self.build_command_context(pressed, options, command, sent)

    @contextlib.contextmanager
    def _handle(self, interaction_id: hikari.Snowflake) -> Generator[None]:
        """Remember the interaction while it is being handled."""
        self._handling.add(interaction_id)
        try:
            yield
        finally:
            self._handling.discard(interaction_id)
            self._modals.forget(interaction_id)

    def _is_loaded(self, interaction: hikari.PartialInteraction) -> bool:
        """Return whether the code for the interaction, with all of its options, is loaded."""
        if isinstance(interaction, hikari.ComponentInteraction | hikari.ModalInteraction):
            return True  # a button only leads to a command's schema after that command has answered
        if not isinstance(interaction, hikari.CommandInteraction | hikari.AutocompleteInteraction):
            return True
        used = self.find_command(interaction)
        return used is not None and command_input.names(_options_of(used.command)) >= {each.name for each in used.given}

    def build_command_context(
        self,
        interaction: hikari.CommandInteraction,
        options: Sequence[hikari.CommandInteractionOption],
        command_cls: type[CommandBase],
        initial_response_sent: asyncio.Event,
    ) -> CommandContext:
        """Return the context that a command is called with."""
        return CommandContext(self, interaction, options, command_cls(), initial_response_sent)

    async def run_command(self, ctx: lightbulb.Context) -> None:
        """Run a command; its answer is deferred if it takes long."""
        ctx = cast(CommandContext, ctx)
        async with deferring(ctx, lambda: self._first_answer(ctx)):
            try:
                await super().run_command(ctx)
            except SystemExit as error:
                await self._error_handler.respond(ctx, _exit(error))

    async def offer_choices(
        self, ctx: lightbulb.AutocompleteContext[Any], provider: Callable[[Any], Awaitable[None]]
    ) -> None:
        """Offer choices for an option; none if that fails, as the user types on and is offered others."""

        async def offer(ctx: lightbulb.AutocompleteContext[Any]) -> None:
            try:
                with noting_failure(first_answer_of(ctx)):
                    await provider(ctx)
            except (*TOO_LATE, RefusalError) as error:
                _log.info("no choices offered", interaction_id=int(ctx.interaction.id), why=str(error))
            except hikari.BadRequestError as error:
                if not is_answered_already(error):
                    raise
                self.conflicts.note()

        await super().offer_choices(ctx, offer)

    async def _follow(self, ctx: PressContext | SubmitContext) -> None:
        async with (
            self.di.enter_context(lightbulb.di.Contexts.DEFAULT),
            deferring(ctx, lambda: self._first_answer(ctx)),
        ):
            try:
                await self.routes.follow(ctx)
            except Exception as error:  # noqa: BLE001 - every failure of a handler is answered here
                await self._error_handler.respond(ctx, error)
            except SystemExit as error:
                await self._error_handler.respond(ctx, _exit(error))

    async def _respond_to_failed_command(self, failed: lightbulb.exceptions.ExecutionPipelineFailedException) -> bool:
        for cause in failed.causes[:1]:
            await self._error_handler.respond(cast(CommandContext, failed.context), cause)
        return True


def _options_of(command: type[CommandBase]) -> Mapping[str, command_input.Known]:
    return lightbulb.utils.get_command_data(command).options


async def _refuse(
    interaction: hikari.CommandInteraction | hikari.ComponentInteraction, sent: asyncio.Event, why: str
) -> None:
    note_result(sent, InteractionResult.REFUSED)
    with contextlib.suppress(*TOO_LATE):
        if sent.is_set():
            await interaction.execute(**replies.note(why))
        else:
            await interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, **replies.note(why))


def _exit(error: SystemExit) -> Exception:
    """Return the failure of a handler that would have ended the bot."""
    failure = RuntimeError("a plugin called sys.exit")
    failure.__cause__ = error
    return failure


def _subject(interaction: hikari.PartialInteraction) -> Subject | None:
    if isinstance(interaction, hikari.CommandInteraction | hikari.AutocompleteInteraction):
        return interaction.command_type, interaction.command_name
    if isinstance(interaction, hikari.ComponentInteraction | hikari.ModalInteraction):
        return plugin_of(interaction.custom_id)
    return None
