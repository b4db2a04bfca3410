"""The checks on a plugin before it is loaded: names, requirements and commands. They run none of its code."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

import hikari

from bot.discord.commands.limits import SLASH, Payload, faults_of, faults_of_all
from bot.discord.commands.sync import Builder, Key, payload_of
from bot.domain.errors import PluginFailedError
from bot.plugin import Plugin


@dataclasses.dataclass(frozen=True, slots=True)
class Description:
    """A plugin's name, requirements and commands as plain values, which can be sent between processes."""

    name: str
    requires: tuple[str, ...]
    commands: tuple[Payload, ...]
    faults: tuple[str, ...]
    """Reasons to refuse it that its commands as Discord gets them no longer show."""

    @classmethod
    def of(cls, plugin: Plugin, commands: Sequence[Builder]) -> Self:
        """Describe a plugin with these commands."""
        faults = [
            f"the command {each.name} allows nobody by default_member_permissions, which would be sent as everybody"
            for each in commands
            if each.default_member_permissions == hikari.Permissions.NONE
        ]
        if plugin.is_for_some_guilds:
            faults.append("it has commands for single servers; the commands of a plugin are for all")
        return cls(plugin.name, plugin.requires, tuple(map(payload_of, commands)), tuple(faults))

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Return the description that was sent as these values."""
        return cls(values["name"], *(tuple(values[each]) for each in ("requires", "commands", "faults")))

    @property
    def keys(self) -> dict[Key, Payload]:
        """Its commands by kind and name."""
        return {(each["type"], each["name"]): each for each in self.commands}


def check(plugin: Description, module: str, others: Sequence[Description]) -> None:
    """Refuse a plugin that can't be loaded beside the others.

    Raises:
        PluginFailedError: another plugin has its name or a command of it, or Discord would refuse a command.
    """
    for fault in _faults(plugin, others):
        raise PluginFailedError(plugin.name, module, fault)


def check_requirements(plugin: Description, module: str, loaded: Collection[str]) -> None:
    """Refuse a plugin that requires one that is not loaded.

    Raises:
        PluginFailedError: it does.
    """
    for required in plugin.requires:
        if required not in loaded:
            why = f"it requires the plugin {required}, which is not loaded"
            raise PluginFailedError(plugin.name, module, why)


def shown_commands(keys: Iterable[Key]) -> tuple[str, ...]:
    """Return commands as people know them: `/plan`, or the name in a menu."""
    return tuple(f"/{name}" if kind == SLASH else name for kind, name in keys)


def _faults(plugin: Description, others: Sequence[Description]) -> Iterator[str]:
    for other in others:
        if other.name == plugin.name:
            yield f"there is another plugin {other.name}: give this one a name of its own"
        if taken := other.keys.keys() & plugin.keys.keys():
            names = ", ".join(sorted(name for _, name in taken))
            yield f"it has commands that {other.name} has already: {names}"
    yield from plugin.faults
    yield from faults_of(plugin.commands)
    yield from faults_of_all([*plugin.commands, *(payload for other in others for payload in other.commands)])
