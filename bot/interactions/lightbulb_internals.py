"""The private parts of lightbulb that the bot uses: only this file relies on them.

A release of lightbulb may change any of them; `tests/bot/interactions/test_lightbulb_internals.py` names each.
"""

import asyncio
import contextlib
import contextvars
import dataclasses
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeAlias, TypeVar

import hikari
import lightbulb
from lightbulb.commands import CommandBase
from lightbulb.context import MessageResponseMixin
from lightbulb.internal.constants import GLOBAL_COMMAND_KEY

T = TypeVar("T")
InteractionT = TypeVar("InteractionT", hikari.ComponentInteraction, hikari.ModalInteraction)

GivenOption: TypeAlias = hikari.CommandInteractionOption | hikari.AutocompleteInteractionOption
"""An option of an interaction."""


@dataclasses.dataclass(frozen=True, slots=True)
class UsedCommand:
    """The command and the options of an interaction."""

    command: type[CommandBase]
    given: Sequence[GivenOption]


class ExtensibleClient(lightbulb.GatewayEnabledClient):
    """A client that finds commands by interaction or path, and whose steps can be overridden."""

    def find_command(
        self, interaction: hikari.CommandInteraction | hikari.AutocompleteInteraction
    ) -> UsedCommand | None:
        """Return the command that an interaction is for; None: it is not registered."""
        resolved = self._resolve_options_and_command(interaction)
        return UsedCommand(resolved[1], resolved[0]) if resolved else None

    def find_slash_command(self, path: tuple[str, ...]) -> type[lightbulb.SlashCommand] | None:
        """Return the slash command at this path, as `("plan", "post")`; None: it is not registered."""
        commands = self.invokable_commands.get(GLOBAL_COMMAND_KEY, {}).get(path)
        return commands.slash if commands else None

    async def index_commands(self) -> None:
        """Have the commands that are registered now answer, and no others."""
        self._command_invocation_mapping.clear()
        await self.sync_application_commands(_force_no_api_call=True)

    async def run_command(self, ctx: lightbulb.Context) -> None:
        """Run a command, and the error handlers if it fails."""
        compile_injection(type(ctx.command))
        await super()._execute_command_context(ctx)

    async def offer_choices(
        self, ctx: lightbulb.AutocompleteContext[Any], provider: Callable[[Any], Awaitable[None]]
    ) -> None:
        """Call the provider of an option's choices."""
        await super()._execute_autocomplete_context(ctx, provider)

    async def _execute_command_context(self, context: lightbulb.Context) -> None:
        await self.run_command(context)

    async def _execute_autocomplete_context(
        self, context: lightbulb.AutocompleteContext[Any], autocomplete_provider: Callable[[Any], Awaitable[None]]
    ) -> None:
        await self.offer_choices(context, autocomplete_provider)


def first_answer_of(ctx: lightbulb.AutocompleteContext[Any]) -> asyncio.Event:
    """Return the event that is set when an autocomplete has its answer."""
    return ctx._initial_response_sent  # pyright: ignore[reportPrivateUsage]


def compile_injection(command: type[CommandBase]) -> None:
    """Compile once the code that injects the services of a command: else that is done for each call.

    Where it can't be compiled, neither can the call, which fails and is answered.
    """
    invoke: Any = getattr(command, lightbulb.utils.get_command_data(command).invoke_method)
    if invoke._dependency_func is None:
        with contextlib.suppress(Exception):
            invoke._dependency_func = invoke._codegen_dependency_func()


async def resolve_options(ctx: lightbulb.Context) -> None:
    """Read the options of a command, as lightbulb does before it calls the handler."""
    await ctx.command._resolve_options()  # pyright: ignore[reportPrivateUsage]


class ResponseContext(MessageResponseMixin[InteractionT]):
    """A context whose first answer can be of any type."""

    @property
    def response_lock(self) -> asyncio.Lock:
        """The lock that is held while an answer is sent."""
        return self._response_lock

    async def send_first_answer(self, kind: hikari.ResponseType, **reply: Any) -> None:
        """Send the first answer; `response_lock` is held."""
        await self._create_initial_response(kind, **reply)


def loadables_of(loader: lightbulb.Loader) -> list[lightbulb.Loadable]:
    """Return the parts of a loader, in the order in which they were added."""
    return loader._loadables  # pyright: ignore[reportPrivateUsage]


def commands_of(loader: lightbulb.Loader) -> list[Any]:
    """Return the command classes and groups of a loader."""
    commands = (getattr(each, "_command", None) for each in loadables_of(loader))
    return [command for command in commands if command is not None]


def has_guild_commands(loader: lightbulb.Loader) -> bool:
    """Return whether a command of a loader is for some guilds alone."""
    return any(getattr(each, name, None) for each in loadables_of(loader) for name in ("_guilds", "_defer_guilds"))


def runner_of(task: lightbulb.Task) -> asyncio.Task[None] | None:
    """Return the task of asyncio that runs a task of lightbulb's; None: it has not begun, or was stopped."""
    return task._task  # pyright: ignore[reportPrivateUsage]


def forget_task(client: lightbulb.Client, task: lightbulb.Task) -> None:
    """Remove a task from the client; the caller cancels it.

    `client.remove_task` does not cancel a task that has not begun.
    """
    client._tasks.discard(task)  # pyright: ignore[reportPrivateUsage]


def create_detached_task(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Run a coroutine in a task that does not inherit the services of the interaction, which end with it.

    lightbulb holds them in a context variable.
    """
    return asyncio.create_task(work, context=contextvars.Context())
