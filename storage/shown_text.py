"""Words from files as a terminal may show them: on one line, cut, and without characters that steer it."""

MAX_WORDS = 40
"""Characters of a name or a value that are worth reading."""
MAX_REASON = 300
"""Characters of a reason that quotes a file."""


def escaped(text: str) -> str:
    """Return the text with a Python escape for each character that is not seen, or turns or ends the line."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def cut(text: str, most: int = MAX_REASON) -> str:
    """Return the text on one line: escaped, or its beginning and an ellipsis."""
    line = escaped(text[: most + 1])
    return line if len(line) <= most else line[:most] + "…"


def quoted(words: str | None) -> str:
    """Return the words in quotation marks, on one line and not longer than can be read."""
    return "nothing" if words is None else f"“{cut(words, MAX_WORDS)}”"
