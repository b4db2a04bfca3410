"""The lightbulb client of this bot: routes for buttons and modals, and a count of work in hand."""

import asyncio
import collections
import contextlib
from collections.abc import Generator

import hikari
import lightbulb
import structlog
from lightbulb.client import DEFAULT_EXECUTION_STEP_ORDER

from bot.failures import Failures
from bot.routes import PressContext, Routes, SubmitContext

REMEMBERED = 200
"""Interactions of which a second delivery is noticed: Discord replays what it sent just before a connection broke."""

_log = structlog.get_logger(__name__)


class InHand:
    """Counts the interactions that are being handled, so that a stop can wait for them."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def count(self) -> int:
        """How many are being handled now."""
        return self._count

    @contextlib.contextmanager
    def one(self) -> Generator[None]:
        """Count one interaction for as long as the block runs."""
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    async def finished(self, seconds: float) -> bool:
        """Wait until nothing is in hand; False if that took longer than `seconds`."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            _log.warning("stopping with work in hand", interactions=self._count)
            return False
        return True


class Client(lightbulb.GatewayEnabledClient):
    """Hands commands to lightbulb, and buttons and modals to the plugins' routes."""

    def __init__(self, gateway: hikari.GatewayBot, failures: Failures) -> None:
        super().__init__(
            gateway,
            default_enabled_guilds=(),
            execution_step_order=DEFAULT_EXECUTION_STEP_ORDER,
            default_locale=hikari.Locale.EN_US,
            localization_provider=lightbulb.localization_unsupported,
            delete_unknown_commands=True,
            deferred_registration_callback=None,
            hooks=(),
            sync_commands=True,
            features=(),
        )
        self.routes = Routes()
        self.in_hand = InHand()
        self._delivered: collections.deque[hikari.Snowflake] = collections.deque(maxlen=REMEMBERED)
        self._failures = failures
        self.error_handler(self._tell_of_command)

    async def handle_interaction_create(
        self,
        interaction: hikari.PartialInteraction,
        initial_response_sent_event: asyncio.Event | None = None,
    ) -> None:
        """Handle any interaction, counted while it lasts; one that is delivered again is being handled already."""
        if interaction.id in self._delivered:
            _log.warning("delivered again", interaction_id=int(interaction.id))
            return
        self._delivered.append(interaction.id)
        with self.in_hand.one():
            await super().handle_interaction_create(interaction, initial_response_sent_event)

    async def handle_component_interaction(
        self, interaction: hikari.ComponentInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Follow the route of a button or select."""
        await self._follow(PressContext(interaction, initial_response_sent))

    async def handle_modal_interaction(
        self, interaction: hikari.ModalInteraction, initial_response_sent: asyncio.Event
    ) -> None:
        """Follow the route of a sent modal."""
        await self._follow(SubmitContext(interaction, initial_response_sent))

    async def _follow(self, ctx: PressContext | SubmitContext) -> None:
        async with self.di.enter_context(lightbulb.di.Contexts.DEFAULT):
            try:
                await self.routes.follow(ctx)
            except Exception as error:  # noqa: BLE001 - each failure of a handler passes here
                await self._failures.tell(ctx, error)

    async def _tell_of_command(self, failed: lightbulb.exceptions.ExecutionPipelineFailedException) -> bool:
        for cause in failed.causes[:1]:
            await self._failures.tell(failed.context, cause)
        return True
