"""Loads, unloads and reloads plugins while the bot runs. If one fails, the old code keeps running."""

import asyncio
import collections
import contextlib
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, Final, TypeVar

import structlog

from bot.discord.commands.deployment import CommandDeployment
from bot.discord.commands.sync import Builder, CommandSync
from bot.discord.operators import Operators
from bot.domain import errors
from bot.domain.clock import Clock
from bot.domain.values import Actor, PluginAction, PluginChange, Plugins, PluginState, ReloadAllResult
from bot.interactions.client import Client
from bot.interactions.lightbulb_internals import create_detached_task
from bot.plugin_host.candidates import Candidate, Discovery, discover, preflight_candidate
from bot.plugin_host.entries import PluginEntry, difference
from bot.plugin_host.preflight import Preflight
from bot.plugin_host.sources import Source, source_named
from bot.plugin_host.swap import Swap

T = TypeVar("T")

ADMIN: Final = "admin"
"""The plugin by which plugins are loaded: it can't be unloaded."""
REMEMBERED_ACTIONS: Final = 100

_log = structlog.get_logger(__name__)


class PluginHost:
    """The plugins in the client, with their commands at Discord."""

    def __init__(
        self, client: Client, commands: CommandSync, operators: Operators, sources: Sequence[Source], clock: Clock
    ) -> None:
        self._client = client
        self._swap = Swap(client)
        self.preflight = Preflight()
        self.commands = commands
        self.deployment = CommandDeployment(clock)
        self._operators = operators
        self._sources = sources
        self._clock = clock
        self._entries: dict[str, PluginEntry] = {}
        self._actions: collections.deque[PluginAction] = collections.deque(maxlen=REMEMBERED_ACTIONS)
        self._running: str | None = None
        """The current action; None: there is none."""
        self._began = 0.0
        """Start of the current action, in the time of `time.monotonic`."""
        self._asking: asyncio.Task[Any] | None = None
        """The task that requested it."""
        self._acting: asyncio.Task[Any] | None = None

    async def start(self) -> None:
        """Import all plugins and add them to the client; leave out an extra one that fails.

        Raises:
            PluginFailedError: a core plugin can't be loaded; the error of its import is the cause.
        """
        for discovery in await discover(self._sources):
            source = discovery.source
            name = f"{source.name} ({source.module})" if source.name in self._entries else source.name
            entry = PluginEntry(source, name, self._clock())
            try:
                await self._put_first(entry, discovery)
            except errors.PluginFailedError as refusal:
                if source.is_core:
                    raise
                entry.fail(self._clock(), refusal)
                _log.error("plugin left out", plugin=entry.name, why=str(refusal))
            self._entries[entry.name] = entry

    async def announce(self) -> None:
        """Upload the commands; if Discord refuses them, keep its old ones."""
        await self.deployment.start(self._deploy)
        await self._operators.refresh()

    async def stop(self) -> None:
        """Stop the work in the background."""
        await self.deployment.stop()
        await self.preflight.close()

    async def load(self, actor: Actor, name: str) -> PluginChange:
        """Load a plugin that is not loaded, also one that was added since the start.

        Raises:
            OperatorError: this is not possible, or not for this actor.
        """
        return await self._as_operator(actor, "load", name, lambda: self._load(name))

    async def unload(self, actor: Actor, name: str) -> PluginChange:
        """Remove a plugin with its commands.

        Raises:
            OperatorError: this is not possible, or not for this actor.
        """
        return await self._as_operator(actor, "unload", name, lambda: self._unload(name))

    async def reload(self, actor: Actor, name: str) -> PluginChange:
        """Replace a plugin's running code by its current code.

        Raises:
            OperatorError: this is not possible, or not for this actor; the old code keeps running.
        """
        return await self._as_operator(actor, "reload", name, lambda: self._reload(name))

    async def reload_all(self, actor: Actor) -> ReloadAllResult:
        """Reload each plugin that is loaded.

        Raises:
            OperatorError: this is not possible, or not for this actor.
        """
        return await self._as_operator(actor, "reload", "all", self._reload_all)

    async def statuses(self, actor: Actor) -> Plugins:
        """Return all plugins, and the latest actions on them.

        Raises:
            NotOperatorError: the actor is not an operator.
        """
        await self._operators.require(actor)
        return Plugins(tuple(each.status for each in self._entries.values()), tuple(reversed(self._actions)))

    def suggest(self, actor: Actor, typed: str) -> list[str]:
        """Return the names of plugins that contain what an operator typed; none for others."""
        names = self._entries if self._operators.knows(actor) else ()
        return sorted(name for name in names if typed.lower() in name)

    @property
    def _loaded(self) -> list[PluginEntry]:
        return [entry for entry in self._entries.values() if entry.state is PluginState.LOADED]

    def _builders(self, *, but: PluginEntry | None = None, new: Candidate | None = None) -> list[Builder]:
        """Return the commands of all loaded plugins, with the candidate `new` instead of the plugin `but`."""
        return [builder for each in (*self._others(but), new) if each for builder in each.commands]

    def _others(self, entry: PluginEntry | None) -> list[Candidate]:
        return [each.candidate for each in self._loaded if each is not entry and each.candidate]

    async def _load(self, name: str) -> PluginChange:
        entry = self._entries.get(name)
        if entry is None:
            source = await asyncio.to_thread(source_named, name)
            if source is None:
                raise errors.UnknownPluginError(name, sorted(self._entries))
            entry = PluginEntry(source, name, self._clock())
        if entry.state is PluginState.LOADED:
            raise errors.PluginLoadedError(name)
        with self._failing(entry):
            new = await preflight_candidate(self.preflight, entry.source, self._others(entry))
            if self._entries.get(new.name, entry) is not entry:
                raise errors.PluginFailedError(name, entry.source.module, f"there is another plugin {new.name}")
            done = await self._change(entry, new)
        self._entries.pop(entry.name, None)
        entry.name = new.name
        self._entries[entry.name] = entry
        return done

    async def _unload(self, name: str) -> PluginChange:
        entry = self._find_loaded(name)
        if name == ADMIN:
            raise errors.PluginNeededError(name, "this very command")
        for other in self._others(entry):
            if name in other.plugin.requires:
                raise errors.PluginNeededError(name, f"the plugin {other.name}")
        return await self._change(entry, None)

    async def _reload(self, name: str) -> PluginChange:
        entry = self._find_loaded(name)
        with self._failing(entry):
            new = await preflight_candidate(self.preflight, entry.source, self._others(entry), entry.candidate)
            return await self._change(entry, new)

    async def _reload_all(self) -> ReloadAllResult:
        reloaded: list[PluginChange] = []
        refused: list[str] = []
        for entry in self._loaded:
            self._began = time.monotonic()
            try:
                reloaded.append(await self._reload(entry.name))
            except errors.OperatorError as refusal:
                refused.append(str(refusal))
        return ReloadAllResult(tuple(reloaded), tuple(refused))

    async def _change(self, entry: PluginEntry, new: Candidate | None) -> PluginChange:
        """Replace the old code by the new one, or by none: the commands in Discord first."""
        old = entry.candidate if entry.state is PluginState.LOADED else None
        before = self._builders()
        with self._client.gate.updating():
            try:
                await self.commands.upload(self._builders(but=entry, new=new))
                await self._swap.replace(old, new, self._asking)
            except errors.OperatorError:
                if old and not self._swap.has(old):
                    entry.state, before = PluginState.FAILED, self._builders(but=entry)
                await self._upload_again(before)
                raise
        self.deployment.note_deployed()
        entry.candidate = new or old
        entry.state = PluginState.LOADED if new else PluginState.UNLOADED
        entry.since, entry.last_failure = self._clock(), None
        return difference(entry.name if new is None else new.name, old, new, time.monotonic() - self._began)

    async def _upload_again(self, commands: Sequence[Builder]) -> None:
        """Upload the old commands, as Discord may have the new ones."""
        try:
            await self.commands.upload(commands)
        except errors.CommandsRefusedError as refusal:
            _log.error("uploading the old commands failed", why=refusal.why)

    async def _deploy(self) -> None:
        """Upload the commands; leave out extra plugins whose commands Discord refuses.

        Raises:
            CommandsRefusedError: Discord refuses them.
        """
        if self._running:
            raise errors.CommandsRefusedError(f"another operation is running: {self._running}")
        await self._alone("deploy commands", self._deploy_alone)

    async def _deploy_alone(self) -> None:
        try:
            await self.commands.start(self._builders())
        except errors.CommandsRefusedError as refusal:
            extra = [(entry, entry.candidate) for entry in self._loaded if not entry.source.is_core]
            guilty = [(entry, code) for entry, code in extra if code and code.payloads.keys() & refusal.guilty]
            if not guilty:
                raise
            for entry, candidate in guilty:
                await self._leave_out(entry, candidate, refusal)
            await self.commands.start(self._builders())

    async def _put_first(self, entry: PluginEntry, discovery: Discovery) -> None:
        """Add a plugin to the client at the start."""
        if discovery.candidate is None:
            raise discovery.refusal or errors.PluginFailedError(entry.name, entry.source.module, "it was not found")
        entry.name, entry.candidate = discovery.candidate.name, discovery.candidate
        await self._swap.put(discovery.candidate)
        entry.state = PluginState.LOADED
        _log.info("plugin loaded", plugin=entry.name)

    async def _leave_out(self, entry: PluginEntry, candidate: Candidate, refusal: errors.CommandsRefusedError) -> None:
        await self._swap.replace(candidate, None, self._asking)
        entry.state = PluginState.FAILED
        entry.fail(self._clock(), errors.PluginFailedError(entry.name, "Discord refuses its commands", refusal.why))
        _log.error("plugin left out", plugin=entry.name, why=refusal.why)

    def _find_loaded(self, name: str) -> PluginEntry:
        entry = self._entries.get(name)
        if entry is None:
            raise errors.UnknownPluginError(name, sorted(self._entries))
        if entry.state is not PluginState.LOADED:
            raise errors.PluginNotLoadedError(name)
        return entry

    @contextlib.contextmanager
    def _failing(self, entry: PluginEntry) -> Generator[None]:
        """Remember the error of the block as the plugin's last error."""
        try:
            yield
        except errors.OperatorError as refusal:
            entry.fail(self._clock(), refusal)
            if entry.state is PluginState.LOADED:
                refusal.add_unchanged()
            raise

    async def _as_operator(self, actor: Actor, verb: str, plugin: str, do: Callable[[], Awaitable[T]]) -> T:
        """Run an operator's action, if no other runs, and remember it."""
        await self._operators.require(actor)
        began = time.monotonic()
        try:
            if self._running:
                raise errors.PluginBusyError(self._running)
            done = await self._alone(f"{verb} {plugin}", do)
        except errors.OperatorError as refusal:
            refusal.add_duration(time.monotonic() - began)
            self._remember(actor, verb, plugin, f"refused: {refusal}")
            raise
        self._remember(actor, verb, plugin, "done")
        return done

    async def _alone(self, action: str, do: Callable[[], Awaitable[T]]) -> T:
        """Run an action in a task of its own, which inherits nothing of the interaction and does not end with it."""

        async def run() -> T:
            try:
                return await do()
            finally:
                self._running = None

        self._running, self._began, self._asking = action, time.monotonic(), asyncio.current_task()
        acting = self._acting = create_detached_task(run())
        return await asyncio.shield(acting)

    def _remember(self, actor: Actor, verb: str, plugin: str, outcome: str) -> None:
        self._actions.append(PluginAction(self._clock(), actor.user_id, verb, plugin, outcome))
        _log.info("plugin action", user_id=actor.user_id, action=verb, plugin=plugin, outcome=outcome)
