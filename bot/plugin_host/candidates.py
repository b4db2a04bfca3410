"""Plugins that are imported and checked, ready to be added to the client."""

import dataclasses
from collections.abc import Collection, Sequence

from bot.discord.commands.limits import Payload
from bot.discord.commands.sync import Builder, Key
from bot.domain.errors import PluginFailedError
from bot.plugin import Plugin
from bot.plugin_host.checks import Description, check, check_requirements, shown_commands
from bot.plugin_host.import_errors import PluginImportError
from bot.plugin_host.importer import Imported, import_plugin
from bot.plugin_host.preflight import Preflight
from bot.plugin_host.sources import Source


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A plugin's code that can be installed."""

    source: Source
    imported: Imported
    commands: tuple[Builder, ...]
    description: Description

    @property
    def plugin(self) -> Plugin:
        """The plugin."""
        return self.imported.plugin

    @property
    def name(self) -> str:
        """The name in the plugin's code."""
        return self.description.name

    @property
    def version(self) -> str:
        """The version of the module, or else of its distribution."""
        return self.imported.version or self.source.version

    @property
    def payloads(self) -> dict[Key, Payload]:
        """Its commands as Discord gets them, by kind and name."""
        return self.description.keys


@dataclasses.dataclass(frozen=True, slots=True)
class Discovery:
    """A source with the plugin that was imported from it."""

    source: Source
    candidate: Candidate | None
    refusal: PluginFailedError | None
    """The reason why there is no candidate."""


async def discover(sources: Sequence[Source], preflight: Preflight | None = None) -> list[Discovery]:
    """Import plugins in their order; the modules of a plugin that can be loaded are installed, for others to import.

    With `preflight`, plugins that are not this program's own are imported there first.
    """
    found: list[Discovery] = []
    for source in sources:
        others = [each.candidate for each in found if each.candidate]
        try:
            if preflight and not source.is_core:
                await _described(preflight, source, source.name, others)
            candidate = await import_candidate(source, others)
        except PluginFailedError as refusal:
            found.append(Discovery(source, None, refusal))
        else:
            candidate.imported.install()
            found.append(Discovery(source, candidate, None))
    while True:  # a plugin that is left out may be required by another
        names = {each.candidate.name for each in found if each.candidate}
        found = [_with_requirements(each, names) for each in found]
        if len(names) == sum(each.candidate is not None for each in found):
            return found


async def preflight_candidate(
    preflight: Preflight, source: Source, others: Sequence[Candidate], before: Candidate | None = None
) -> Candidate:
    """Import and check a plugin's code in a process of its own, and then in the bot.

    Args:
        preflight: the process.
        source: the plugin's source.
        others: the other plugins that are loaded.
        before: the plugin's code that is loaded.

    Raises:
        PluginFailedError: it can't be loaded.
    """
    description = await _described(preflight, source, before.name if before else source.name, others)
    _check(description, source, others, before)
    check_requirements(description, source.module, [each.name for each in others])
    candidate = await import_candidate(source, others, before)
    check_requirements(candidate.description, source.module, [each.name for each in others])
    return candidate


async def import_candidate(source: Source, others: Sequence[Candidate], before: Candidate | None = None) -> Candidate:
    """Import and check a plugin's code in the bot.

    Raises:
        PluginFailedError: it can't be loaded.
    """
    name = before.name if before else source.name
    try:
        imported = await import_plugin(source.module, before.imported.modules if before else (), _modules(others))
        commands = await imported.build_commands()
    except PluginImportError as error:
        raise PluginFailedError(name, error.where, error.why) from error
    description = Description.of(imported.plugin, commands)
    _check(description, source, others, before)
    return Candidate(source, imported, commands, description)


def listed(discovery: Discovery) -> str:
    """Return the lines about a plugin for a terminal."""
    candidate = discovery.candidate
    if candidate is None:
        return f"{_titled(discovery.source.name, discovery.source.version)}\n  {discovery.refusal}"
    commands = ", ".join(sorted(shown_commands(candidate.payloads))) or "no commands"
    return f"{_titled(candidate.name, candidate.version)}\n  {candidate.plugin.summary}\n  {commands}"


def _titled(name: str, version: str) -> str:
    return f"{name} {version}" if version else name


async def _described(preflight: Preflight, source: Source, name: str, others: Sequence[Candidate]) -> Description:
    """Import a plugin's code in a process of its own, and describe it.

    Raises:
        PluginFailedError: the import failed; the plugin is called `name`.
    """
    try:
        return await preflight.describe(source.module, _modules(others))
    except PluginImportError as error:
        raise PluginFailedError(name, error.where, error.why) from error


def _modules(candidates: Sequence[Candidate]) -> list[str]:
    return [name for each in candidates for name in each.imported.modules]


def _check(description: Description, source: Source, others: Sequence[Candidate], before: Candidate | None) -> None:
    if before and description.name != before.name:
        why = f"it calls itself {description.name} now: unload it, then load it"
        raise PluginFailedError(before.name, source.module, why)
    check(description, source.module, [each.description for each in others])


def _with_requirements(discovery: Discovery, names: Collection[str]) -> Discovery:
    if discovery.candidate is None:
        return discovery
    try:
        check_requirements(discovery.candidate.description, discovery.source.module, names)
    except PluginFailedError as refusal:
        discovery.candidate.imported.remove()
        return Discovery(discovery.source, None, refusal)
    return discovery
