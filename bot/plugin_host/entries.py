"""The list of plugins, loaded or not."""

import dataclasses
import datetime

from bot.domain.errors import OperatorError
from bot.domain.values import PluginChange, PluginFailure, PluginState, PluginStatus
from bot.plugin_host.candidates import Candidate
from bot.plugin_host.checks import shown_commands
from bot.plugin_host.sources import Source


@dataclasses.dataclass(slots=True)
class PluginEntry:
    """A plugin, loaded or not."""

    source: Source
    name: str
    since: datetime.datetime
    state: PluginState = PluginState.UNLOADED
    candidate: Candidate | None = None
    """The loaded code, or the code that was loaded last."""
    last_failure: PluginFailure | None = None

    @property
    def status(self) -> PluginStatus:
        """Its status, for operators."""
        candidate = self.candidate
        failures = [self.last_failure, candidate.plugin.last_error if candidate else None]
        return PluginStatus(
            name=self.name,
            summary=candidate.plugin.summary if candidate else "",
            version=candidate.version if candidate else self.source.version,
            state=self.state,
            since=self.since,
            commands=shown_commands(candidate.payloads) if candidate else (),
            last_error=max(filter(None, failures), key=lambda failure: failure.at, default=None),
        )

    def fail(self, at: datetime.datetime, refusal: OperatorError) -> None:
        """Remember the reason why it could not be loaded; code that is loaded stays loaded."""
        self.last_failure = PluginFailure(at, str(refusal))
        if self.state is not PluginState.LOADED:
            self.state = PluginState.FAILED


def difference(name: str, old: Candidate | None, new: Candidate | None, seconds: float) -> PluginChange:
    """Return the changes to a plugin's commands by new code, and the duration."""
    before, after = (each.payloads if each else {} for each in (old, new))
    return PluginChange(
        name=name,
        added=shown_commands(key for key in after if key not in before),
        removed=shown_commands(key for key in before if key not in after),
        changed=shown_commands(key for key in after if key in before and after[key] != before[key]),
        seconds=seconds,
    )
