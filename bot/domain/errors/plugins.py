"""What those who run the bot can't do with a plugin."""

from collections.abc import Collection, Sequence

from bot.domain.errors.base import RefusalError

_WORTH_SAYING = 0.5
"""Seconds."""


class OperatorError(RefusalError):
    """What only those who run the bot may do was not done."""

    def took(self, seconds: float) -> None:
        """Say how long it took to find out, where that was long."""
        if seconds >= _WORTH_SAYING:
            self.args = (f"{self} It took {seconds:.1f} s.",)


class NotOperatorError(OperatorError):
    """The one who acts does not run this bot."""

    def __init__(self) -> None:
        super().__init__(
            "You can't do that: it is for those who run this bot, wherever they are. Managing a server is not enough."
        )


class UnknownPluginError(OperatorError):
    """There is no plugin of that name."""

    def __init__(self, given: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no plugin {given}. There are: {', '.join(known)}.")
        self.given = given


class PluginFailedError(OperatorError):
    """A plugin can't be loaded as it is; what ran before goes on."""

    def __init__(self, name: str, where: str, why: str) -> None:
        super().__init__(f"The plugin {name} can't be loaded. {where}: {why}.")
        self.name = name
        self.where = where
        """A file or a module, with the line where there is one."""
        self.why = why


class CommandsRefusedError(OperatorError):
    """Discord did not take the commands."""

    def __init__(self, why: str, guilty: Collection[tuple[int, str]] = (), retry_after: float | None = None) -> None:
        super().__init__(f"Discord did not take the commands: {why}.")
        self.why = why
        self.guilty = frozenset(guilty)
        """The commands at fault, by kind and name; empty: Discord does not say."""
        self.retry_after = retry_after
        """Seconds that Discord wants a pause for; None: it does not say."""


class PluginBusyError(OperatorError):
    """Something is being done with a plugin, and only one thing is done at a time."""

    def __init__(self, act: str) -> None:
        super().__init__(f"Coachbook is just doing this: {act}. Wait until it has ended, then try again.")
        self.act = act


class PluginLoadedError(OperatorError):
    """The plugin that was to be loaded is loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The plugin {name} is loaded already. To read its file again: /admin plugin reload.")
        self.name = name


class PluginNotLoadedError(OperatorError):
    """The plugin is not loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The plugin {name} is not loaded. To load it: /admin plugin load.")
        self.name = name


class PluginNeededError(OperatorError):
    """The plugin can't be unloaded, because something goes on with it."""

    def __init__(self, name: str, by: str) -> None:
        super().__init__(f"The plugin {name} can't be unloaded, because {by} needs it. It can be reloaded.")
        self.name = name
        self.by = by
