"""Keeps Discord's list of commands equal to that of the plugins."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

import hikari
import lightbulb
import structlog

from bot.discord.commands.foreign import fetch_commands
from bot.discord.commands.limits import Payload
from bot.domain.errors import CommandsRefusedError

Builder: TypeAlias = hikari.api.CommandBuilder
"""A command, ready to be sent."""
Key: TypeAlias = tuple[int, str]
"""A command's kind and name."""
Registered: TypeAlias = Any
"""A command class of lightbulb's, or a group."""

LOCALE: Final = hikari.Locale.EN_US
UPLOAD_SECONDS: Final = 20.0
"""The time limit of an upload: hikari retries after failures, and waits during rate limits."""

_ENTRY_POINT_MISSING: Final = 50240
"""Discord's code where a bulk overwrite would remove the application's entry point command."""

_log = structlog.get_logger(__name__)


async def builders_of(commands: Sequence[Registered]) -> tuple[Builder, ...]:
    """Return the commands as they are sent, with Discord's defaults filled in."""
    return tuple([_with_defaults(await each.as_command_builder(LOCALE, _untranslated)) for each in commands])


def payload_of(command: Builder | hikari.PartialCommand) -> Payload:
    """Return a command, ours or one from Discord, in a form that can be compared."""
    permissions = command.default_member_permissions
    payload: dict[str, Any] = {
        "type": int(command.type),
        "name": command.name,
        "name_localizations": _words(command.name_localizations),
        "description": getattr(command, "description", ""),
        "description_localizations": _words(getattr(command, "description_localizations", {})),
        "default_member_permissions": int(permissions) if permissions else None,
        "nsfw": command.is_nsfw is True,
        "contexts": _numbers(command.context_types),
        "integration_types": _numbers(command.integration_types),
        "options": [_option(each) for each in getattr(command, "options", None) or ()],
    }
    return payload


class CommandSync:
    """The commands that Discord has, and their upload."""

    def __init__(self, rest: hikari.api.RESTClient, seconds: float = UPLOAD_SECONDS) -> None:
        self._rest = rest
        self.seconds = seconds
        self._application: hikari.Application | None = None
        self._foreign: list[Builder] = []
        self._uploaded: list[Payload] | None = None
        """None: the commands that Discord has are not known."""

    async def start(self, commands: Sequence[Builder]) -> None:
        """Fetch the commands that Discord has, and upload ours if they differ.

        Raises:
            CommandsRefusedError: Discord refuses them, or can't be reached.
        """
        self._uploaded = None
        await self.upload(commands)

    async def upload(self, commands: Sequence[Builder]) -> None:
        """Upload the commands, unless Discord has exactly these.

        Raises:
            CommandsRefusedError: Discord refuses them, and may have the old or the new ones now.
        """
        try:
            async with asyncio.timeout(self.seconds):
                await self._put(commands)
        except TimeoutError as error:
            raise CommandsRefusedError(self._too_long) from error
        except hikari.RateLimitTooLongError as error:
            why = f"it wants a pause of {error.retry_after:,.0f} seconds"
            raise CommandsRefusedError(why, retry_after=error.retry_after) from error
        except (hikari.HikariError, OSError) as error:
            keys = [(int(each.type), each.name) for each in commands]
            raise CommandsRefusedError(why_refused(error, keys), _guilty(error, keys)) from error

    async def _put(self, commands: Sequence[Builder]) -> None:
        application = self._application = self._application or await self._rest.fetch_application()
        if self._uploaded is None:
            await self._fetch(application)
        wanted = _sorted(map(payload_of, commands))
        if wanted == self._uploaded:
            return
        try:
            await self._overwrite(application, commands, wanted)
        except hikari.BadRequestError as error:
            if error.code != _ENTRY_POINT_MISSING:
                raise
            await self._fetch(application)  # an entry point was created meanwhile
            await self._overwrite(application, commands, wanted)
        _log.info("commands synced", commands=len(wanted))

    async def _fetch(self, application: hikari.Application) -> None:
        commands, self._foreign = await fetch_commands(self._rest, application)
        self._uploaded = _sorted(map(payload_of, commands))

    async def _overwrite(
        self, application: hikari.Application, commands: Sequence[Builder], wanted: list[Payload]
    ) -> None:
        before, self._uploaded = self._uploaded, None
        try:
            await self._rest.set_application_commands(application, [*commands, *self._foreign])
        except hikari.ClientHTTPResponseError:
            self._uploaded = before  # refused as a whole: Discord has the old ones
            raise
        self._uploaded = wanted

    @property
    def _too_long(self) -> str:
        return f"no answer within {self.seconds:g} seconds"


def why_refused(error: Exception, commands: Sequence[Key] = ()) -> str:
    """Return Discord's reasons for refusing a request, with the names of the commands at fault."""
    if isinstance(error, hikari.BadRequestError) and error.errors:
        return "; ".join(_refusals(_by_name(error.errors, commands)))
    if isinstance(error, hikari.HTTPResponseError):
        return f"status {int(error.status)}, {error.message or 'without a word'}"
    return str(error).partition("\n")[0] or type(error).__name__


def _guilty(error: Exception, commands: Sequence[Key]) -> set[Key]:
    if not isinstance(error, hikari.BadRequestError):
        return set()
    return {commands[number] for number in map(_number_in(commands), error.errors or ()) if number is not None}


def _by_name(errors: Mapping[str, Any], commands: Sequence[Key]) -> dict[str, Any]:
    """Return the errors with the names of commands instead of their numbers in the request."""
    numbers = {key: _number_in(commands)(key) for key in errors}
    return {key if number is None else commands[number][1]: errors[key] for key, number in numbers.items()}


def _number_in(commands: Sequence[Key]) -> Callable[[str], int | None]:
    def number(key: str) -> int | None:
        return int(key) if key.isdecimal() and int(key) < len(commands) else None

    return number


_untranslated = lightbulb.localization_unsupported


def _with_defaults(builder: Builder) -> Builder:
    if builder.integration_types is hikari.UNDEFINED:
        builder.set_integration_types([hikari.ApplicationIntegrationType.GUILD_INSTALL])
    if builder.context_types is hikari.UNDEFINED:
        builder.set_context_types(list(hikari.ApplicationContextType))
    return builder


def _option(option: hikari.CommandOption) -> Payload:
    return {
        "type": int(option.type),
        "name": option.name,
        "name_localizations": _words(option.name_localizations),
        "description": option.description,
        "description_localizations": _words(option.description_localizations),
        "required": option.is_required,
        "autocomplete": option.autocomplete,
        "channel_types": _numbers(option.channel_types),
        "choices": [
            {"name": each.name, "name_localizations": _words(each.name_localizations), "value": each.value}
            for each in option.choices or ()
        ],
        "min_value": option.min_value,
        "max_value": option.max_value,
        "min_length": option.min_length,
        "max_length": option.max_length,
        "options": [_option(each) for each in option.options or ()],
    }


def _words(translations: Mapping[Any, str]) -> dict[str, str]:
    return {str(locale): words for locale, words in translations.items()}


def _numbers(values: hikari.UndefinedNoneOr[Sequence[int]]) -> list[int]:
    return sorted(map(int, values)) if values else []


def _sorted(payloads: Iterator[Payload]) -> list[Payload]:
    return sorted(payloads, key=lambda each: (each["type"], each["name"]))


def _refusals(part: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield Discord's reasons, each with its place, from the nested form of its answers."""
    for key, inner in part.items():
        if key == "_errors":
            yield from (f"{path}: {each['message']}" for each in inner)
        elif isinstance(inner, dict):
            yield from _refusals(cast("dict[str, Any]", inner), f"{path}.{key}" if path else key)
