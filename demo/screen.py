"""Terminal output of users' actions and views."""

import datetime
import re
from collections.abc import Callable

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.panel import Panel

from sandbox.driver import Person, Seen

_MENTION = re.compile(r"<@(\d+)>")
_TIMESTAMP = re.compile(r"<t:(\d+)(?::\w)?>")
_MARKS = re.compile(r"^(?:#{1,3}|-#) |^```\n?|(?<!\\)\*\*", re.MULTILINE)
_LINK = re.compile(r"(?<!\\)\[([^\]]+)\]\(https?://[^)]+\)")
_ESCAPED = re.compile(r"\\([\\*_~`|\[\]<@#>-])")


class Screen:
    """A terminal."""

    def __init__(self, write: Callable[[str], None], name_of: Callable[[int], str]) -> None:
        """Print with `write`; `name_of` returns a user's name by id."""
        self._console = Console(highlight=False)
        self._write = write
        self._name_of = name_of

    def say(self, words: str) -> None:
        """Print a message."""
        self._print(words)

    def show(self, who: Person, does: str, seen: Seen, missing: list[str]) -> None:
        """Print a user's action and view; `missing` has the expected words that are not in it."""
        name = self._name_of(who.user.id)
        self._print(f"[bold cyan]{name}[/] {escape(does)}")
        where = "only they can see this" if seen.ephemeral else "everyone sees this"
        where += " (edited)" if seen.message and seen.message.edited_at and not seen.ephemeral else ""
        title = f"{name} sees a form" if seen.form else f"{name} sees; {where}"
        border = "red" if missing else "dim" if seen.ephemeral or seen.form else "green"
        self._print(Panel(escape(self._text(seen)), title=title, title_align="left", border_style=border))
        if missing:
            self._print(f"[red]not as expected; missing: {escape(', '.join(missing))}[/]")

    def _print(self, what: RenderableType) -> None:
        with self._console.capture() as lines:
            self._console.print(what)
        self._write(lines.get().removesuffix("\n"))

    def _text(self, seen: Seen) -> str:
        text = _MENTION.sub(lambda found: f"@{self._name_of(int(found[1]))}", seen.text)
        text = _MARKS.sub("", _TIMESTAMP.sub(lambda found: _time(int(found[1])), text))
        lines = [_ESCAPED.sub(r"\1", _LINK.sub(r"\1", text))]
        if seen.form:
            lines += [f"{field.label}: {field.shown}" for field in seen.form.fields]
        if seen.files:
            lines.append(f"[ {'  '.join(seen.files)} ]")
        if seen.buttons:
            lines.append("  ".join(f"[ {label} ]" for label in seen.buttons))
        if seen.choices:
            lines.append(f"[ choose: {', '.join(seen.choices)} ]")
        return "\n".join(lines)


def _time(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).astimezone().strftime("%d %b %Y %H:%M")
