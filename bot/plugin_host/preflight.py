"""Looks at a plugin before it is put in the place of another: whatever is wrong with it, nothing has happened yet."""

import dataclasses
import functools
from collections.abc import Sequence

import hikari

from bot.discord.commands.limits import SLASH, Payload, faults_of, faults_of_all
from bot.discord.commands.sync import Builder, builders_of, payload_of
from bot.domain.errors import PluginFailedError
from bot.plugin import Plugin
from bot.plugin.exception_text import words_of
from bot.plugin_host.import_errors import ImportFault
from bot.plugin_host.importer import Imported, import_aside
from bot.plugin_host.sources import Source


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A plugin's code that can be put in place."""

    source: Source
    imported: Imported
    commands: tuple[Builder, ...]

    @property
    def plugin(self) -> Plugin:
        """The plugin."""
        return self.imported.plugin

    @property
    def name(self) -> str:
        """What it calls itself."""
        return self.plugin.name

    @property
    def version(self) -> str:
        """Its module's, or else that of what it came with."""
        return self.imported.version or self.source.version

    @functools.cached_property
    def payloads(self) -> dict[tuple[int, str], Payload]:
        """Its commands as Discord gets them, by kind and name."""
        return {(each["type"], each["name"]): each for each in map(payload_of, self.commands)}


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What was found where a plugin should be."""

    source: Source
    candidate: Candidate | None
    refusal: PluginFailedError | None
    """Why there is no candidate."""


async def find(sources: Sequence[Source]) -> list[Found]:
    """Import the plugins in their order; those that can be had are then what others import."""
    found: list[Found] = []
    for source in sources:
        others = [each.candidate for each in found if each.candidate]
        try:
            candidate = await candidate_of(source, others)
        except PluginFailedError as refusal:
            found.append(Found(source, None, refusal))
        else:
            candidate.imported.put_in_place()
            found.append(Found(source, candidate, None))
    while True:  # one that is left out may be required by another
        names = {each.candidate.name for each in found if each.candidate}
        found = [_with_what_it_requires(each, names) for each in found]
        if len(names) == sum(each.candidate is not None for each in found):
            return found


async def candidate_of(source: Source, others: Sequence[Candidate], before: Candidate | None = None) -> Candidate:
    """Import a plugin's code as it is now, and look at it.

    Args:
        source: which.
        others: the other plugins that are loaded.
        before: its code that is loaded.

    Raises:
        PluginFailedError: it can't be loaded.
    """
    name = before.name if before else source.name
    own = before.imported.modules.keys() if before else ()
    try:
        imported = await import_aside(source.module, own, [name for each in others for name in each.imported.modules])
    except ImportFault as fault:
        raise PluginFailedError(name, fault.where, fault.why) from fault
    plugin = imported.plugin
    if before and plugin.name != name:
        raise PluginFailedError(name, source.module, f"it calls itself {plugin.name} now: unload it, then load it")
    try:
        candidate = Candidate(source, imported, await builders_of(plugin.registered))
    except Exception as error:  # whatever a plugin calls a command
        raise PluginFailedError(name, source.module, f"its commands can't be made: {words_of(error)}") from error
    for fault in [*_faults_of_names(candidate, others), *_faults_of_commands(candidate, others)]:
        raise PluginFailedError(plugin.name, source.module, fault)
    return candidate


def listed(found: Found) -> str:
    """What was found, for a terminal."""
    if found.candidate is None:
        return f"{found.source.name} {found.source.version}\n  {found.refusal}"
    commands = ", ".join(sorted(shown_command(key) for key in found.candidate.payloads)) or "no commands"
    return f"{found.candidate.name} {found.candidate.version}\n  {found.candidate.plugin.summary}\n  {commands}"


def shown_command(command: tuple[int, str]) -> str:
    """A command's kind and name, as it is typed, or as it stands in a menu."""
    kind, name = command
    return f"/{name}" if kind == SLASH else name


def refuse_without_required(candidate: Candidate, names: Sequence[str] | set[str]) -> None:
    """Refuse a plugin that requires one that is not there.

    Raises:
        PluginFailedError: it does.
    """
    for required in candidate.plugin.requires:
        if required not in names:
            why = f"it requires the plugin {required}, which is not loaded"
            raise PluginFailedError(candidate.name, candidate.source.module, why)


def _with_what_it_requires(found: Found, names: set[str]) -> Found:
    if found.candidate is None:
        return found
    try:
        refuse_without_required(found.candidate, names)
    except PluginFailedError as refusal:
        found.candidate.imported.take_away()
        return Found(found.source, None, refusal)
    return found


def _faults_of_names(candidate: Candidate, others: Sequence[Candidate]) -> list[str]:
    for other in others:
        if other.name == candidate.name:
            return [f"there is another plugin {other.name}: give this one a name of its own"]
        if taken := other.payloads.keys() & candidate.payloads.keys():
            names = ", ".join(sorted(name for _, name in taken))
            return [f"it has commands that {other.name} has already: {names}"]
    return []


def _faults_of_commands(candidate: Candidate, others: Sequence[Candidate]) -> list[str]:
    own = [payload_of(each) for each in candidate.commands]
    every = [payload for other in others for payload in other.payloads.values()]
    return [*_faults_of_registering(candidate), *faults_of(own), *faults_of_all([*own, *every])]


def _faults_of_registering(candidate: Candidate) -> list[str]:
    faults = [
        f"the command {each.name} allows nobody by default_member_permissions, which would be sent as everybody"
        for each in candidate.commands
        if each.default_member_permissions == hikari.Permissions.NONE
    ]
    if candidate.plugin.is_for_some_guilds:
        faults.append("it has commands for single servers; the commands of a plugin are for all")
    return faults
