"""Refusals to operators about plugins."""

from collections.abc import Collection, Sequence

from bot.domain.errors.base import RefusalError

_MIN_SHOWN = 0.5
"""Seconds; shorter durations are not shown."""


class OperatorError(RefusalError):
    """A command for operators was refused."""

    def add_duration(self, seconds: float) -> None:
        """Add the time it took, if it was long."""
        if seconds >= _MIN_SHOWN:
            self.args = (f"{self} It took {seconds:.1f} s.",)

    def add_unchanged(self) -> None:
        """Add that the plugin's code in the bot is the same as before."""
        self.args = (f"{self} Its previous code keeps running.",)


class NotOperatorError(OperatorError):
    """The user is not an operator of the bot."""

    def __init__(self) -> None:
        super().__init__("Only the bot’s operators can do this. Managing a server is not enough.")


class UnknownPluginError(OperatorError):
    """There is no plugin of that name."""

    def __init__(self, given: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no plugin {given}. The plugins are: {', '.join(known)}.")


class PluginFailedError(OperatorError):
    """A plugin can’t be loaded; the code that ran before keeps running."""

    def __init__(self, name: str, where: str, why: str) -> None:
        super().__init__(f"The plugin {name} can’t be loaded. {where}: {why}.")
        self.name = name
        self.where = where
        """A file or a module, with the line if known."""
        self.why = why


class CommandsRefusedError(OperatorError):
    """Discord rejected the commands."""

    def __init__(self, why: str, guilty: Collection[tuple[int, str]] = (), retry_after: float | None = None) -> None:
        super().__init__(f"Discord rejected the commands: {why}.")
        self.why = why
        self.guilty = frozenset(guilty)
        """The rejected commands, by kind and name; empty: not known."""
        self.retry_after = retry_after
        """Seconds to wait, as Discord says; None: not known."""


class PluginBusyError(OperatorError):
    """Another operation on plugins is running."""

    def __init__(self, act: str) -> None:
        super().__init__(f"Another operation is running: {act}. Try again when it finishes.")


class PluginLoadedError(OperatorError):
    """The plugin is loaded already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The plugin {name} is already loaded. To load its changed code, use /admin plugin reload.")


class PluginNotLoadedError(OperatorError):
    """The plugin is not loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The plugin {name} is not loaded. Load it with /admin plugin load.")


class PluginNeededError(OperatorError):
    """The plugin can’t be unloaded, because it is needed."""

    def __init__(self, name: str, by: str) -> None:
        super().__init__(f"The plugin {name} can’t be unloaded: {by} needs it. You can reload it.")
