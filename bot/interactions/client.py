"""The lightbulb client of this bot: routes for buttons and modals, and a count of work in hand."""

import asyncio
import collections
import contextlib
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, cast

import hikari
import lightbulb
import structlog
from lightbulb.client import DEFAULT_EXECUTION_STEP_ORDER
from lightbulb.commands.commands import CommandBase
from lightbulb.internal.constants import GLOBAL_COMMAND_KEY

from bot import replies
from bot.domain.clock import Clock
from bot.domain.errors import RefusalError
from bot.interactions import command_input
from bot.interactions.answer_conflicts import AnswerConflicts
from bot.interactions.context import TOO_LATE, FirstAnswer, PressContext, SubmitContext, is_answered_already
from bot.interactions.deferral import FirstAnswerSent, age_of, deferring
from bot.interactions.error_handler import Failures
from bot.interactions.gate import Gate
from bot.interactions.in_flight import InHand, What
from bot.interactions.repetition import Repetition
from bot.interactions.routes import Routes
from bot.replies.custom_ids import plugin_of

REMEMBERED = 200
"""Interactions of which a second delivery is noticed at once: Discord replays what it sent before a connection broke.

What is delivered later finds in the book what it has done: see `bot.service.records.operations`.
"""

_log = structlog.get_logger(__name__)


class Client(lightbulb.GatewayEnabledClient):
    """Hands commands to lightbulb, and buttons and modals to the plugins' routes."""

    def __init__(self, gateway: hikari.GatewayBot, failures: Failures, clock: Clock) -> None:
        super().__init__(
            gateway,
            default_enabled_guilds=(),
            execution_step_order=DEFAULT_EXECUTION_STEP_ORDER,
            default_locale=hikari.Locale.EN_US,
            localization_provider=lightbulb.localization_unsupported,
            delete_unknown_commands=True,
            deferred_registration_callback=None,
            hooks=(),
            sync_commands=False,  # bot.discord.commands.sync does it
            features=(),
        )
        self.routes = Routes()
        self.in_hand = InHand()
        self.gate = Gate()
        self.conflicts = AnswerConflicts()
        self._delivered: collections.deque[hikari.Snowflake] = collections.deque(maxlen=REMEMBERED)
        self._handling: set[hikari.Snowflake] = set()
        self._failures = failures
        self._clock = clock
        self.error_handler(self._tell_of_command)

    async def handle_interaction_create(
        self,
        interaction: hikari.PartialInteraction,
        initial_response_sent_event: asyncio.Event | None = None,
    ) -> None:
        """Handle any interaction, counted while it lasts; one that is delivered again is being handled already."""
        if interaction.id in self._delivered or interaction.id in self._handling:
            _log.warning("delivered again", interaction_id=int(interaction.id))
            return
        self._delivered.append(interaction.id)
        sent = initial_response_sent_event or FirstAnswerSent(age_of(interaction.id, self._clock()))
        with self._handle(interaction.id), self.in_hand.one():
            await self.gate.passed(lambda: self._is_there(interaction))
            with self.in_hand.of(_what(interaction)):
                try:
                    await super().handle_interaction_create(interaction, sent)
                except SystemExit as error:  # while something is offered: else it would end the bot
                    _log.error("a plugin called sys.exit", interaction_id=int(interaction.id), exc_info=error)
            if isinstance(sent, FirstAnswerSent) and sent.is_refused:
                self.conflicts.note()

    def stop_answering(self, seconds: float) -> None:
        """Answer none that failed any more when so many seconds are over."""
        self._failures.stop_answering(seconds)

    async def index_commands(self) -> None:
        """Have the commands that are registered now answer, and no others."""
        self._command_invocation_mapping.clear()
        await self.sync_application_commands(_force_no_api_call=True)

    async def handle_application_command_interaction(
        self, interaction: hikari.CommandInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Carry out a command; one that no loaded plugin has any more, or that was made up, is answered too."""
        found = self._resolve_options_and_command(interaction)
        if found is None:
            refused = replies.command_disabled()
        elif not command_input.has_target(interaction) or not command_input.fits(
            found[0], _options_of(found[1]), interaction.resolved
        ):
            refused = replies.no_longer_valid("command")
        else:
            await super().handle_application_command_interaction(interaction, initial_response_sent)
            return
        await _refuse(interaction, refused)

    async def handle_autocomplete_interaction(
        self, interaction: hikari.AutocompleteInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Offer choices; none where what is typed was made up."""
        found = self._resolve_options_and_command(interaction)
        if found and command_input.can_be_completed(found[0], _options_of(found[1])):
            await super().handle_autocomplete_interaction(interaction, initial_response_sent)
            return
        with contextlib.suppress(*TOO_LATE):
            await interaction.create_response([])

    async def handle_component_interaction(
        self, interaction: hikari.ComponentInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Follow the route of a button or select, or carry out the command that a button gives again."""
        if repetition := Repetition.parse(interaction.custom_id):
            await self._repeat(repetition, interaction, initial_response_sent)
        else:
            await self._follow(PressContext(interaction, initial_response_sent))

    async def handle_modal_interaction(
        self, interaction: hikari.ModalInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Follow the route of a sent modal."""
        await self._follow(SubmitContext(interaction, initial_response_sent))

    async def _repeat(
        self, repetition: Repetition, interaction: hikari.ComponentInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        commands = self._command_invocation_mapping.get(GLOBAL_COMMAND_KEY, {}).get(repetition.path)
        command = commands and commands.slash
        options = repetition.options(_options_of(command)) if command else None
        if command is None or options is None:
            await _refuse(interaction, replies.no_longer_valid("button"))
            return
        pressed = cast("hikari.CommandInteraction", interaction)  # what a command's context uses, both have
        await self._execute_command_context(lightbulb.Context(self, pressed, options, command(), initial_response_sent))

    @contextlib.contextmanager
    def _handle(self, interaction_id: hikari.Snowflake) -> Generator[None]:
        """Know the interaction for as long as it is being handled, however many come meanwhile."""
        self._handling.add(interaction_id)
        try:
            yield
        finally:
            self._handling.discard(interaction_id)

    def _is_there(self, interaction: hikari.PartialInteraction) -> bool:
        """Whether the code for what is asked is there, with all options that are given."""
        if isinstance(interaction, hikari.ComponentInteraction | hikari.ModalInteraction):
            return True  # a button only leads to a command's schema after that command has answered
        if not isinstance(interaction, hikari.CommandInteraction | hikari.AutocompleteInteraction):
            return True
        found = self._resolve_options_and_command(interaction)
        if found is None:
            return False
        return command_input.names(_options_of(found[1])) >= {option.name for option in found[0]}

    async def _execute_command_context(self, context: lightbulb.Context) -> None:
        async with deferring(context, lambda: getattr(context.command, "first_answer", FirstAnswer.PRIVATE)):
            try:
                await super()._execute_command_context(context)
            except SystemExit as error:
                await self._failures.tell(context, _exit(error))

    async def _execute_autocomplete_context(
        self, context: lightbulb.AutocompleteContext[Any], autocomplete_provider: Callable[[Any], Awaitable[None]]
    ) -> None:
        async def offer(context: lightbulb.AutocompleteContext[Any]) -> None:
            try:
                await autocomplete_provider(context)
            except (*TOO_LATE, RefusalError) as error:  # one types on, and is offered the next
                _log.info("nothing offered", interaction_id=int(context.interaction.id), why=str(error))
            except hikari.BadRequestError as error:
                if not is_answered_already(error):
                    raise
                self.conflicts.note()

        await super()._execute_autocomplete_context(context, offer)

    async def _follow(self, ctx: PressContext | SubmitContext) -> None:
        async with (
            self.di.enter_context(lightbulb.di.Contexts.DEFAULT),
            deferring(ctx, lambda: self.routes.first_answer(ctx.interaction.custom_id)),
        ):
            try:
                await self.routes.follow(ctx)
            except Exception as error:  # noqa: BLE001 - each failure of a handler passes here
                await self._failures.tell(ctx, error)
            except SystemExit as error:
                await self._failures.tell(ctx, _exit(error))

    async def _tell_of_command(self, failed: lightbulb.exceptions.ExecutionPipelineFailedException) -> bool:
        for cause in failed.causes[:1]:
            await self._failures.tell(failed.context, cause)
        return True


def _options_of(command: type[CommandBase]) -> Mapping[str, command_input.Known]:
    return command._command_data.options  # pyright: ignore[reportPrivateUsage]


async def _refuse(interaction: hikari.CommandInteraction | hikari.ComponentInteraction, why: str) -> None:
    with contextlib.suppress(*TOO_LATE):
        await interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, **replies.note(why))


def _exit(error: SystemExit) -> Exception:
    """What a handler that would end the bot is told as: a failure like others."""
    failure = RuntimeError("a plugin called sys.exit")
    failure.__cause__ = error
    return failure


def _what(interaction: hikari.PartialInteraction) -> What | None:
    if isinstance(interaction, hikari.CommandInteraction | hikari.AutocompleteInteraction):
        return interaction.command_type, interaction.command_name
    if isinstance(interaction, hikari.ComponentInteraction | hikari.ModalInteraction):
        return plugin_of(interaction.custom_id)
    return None
