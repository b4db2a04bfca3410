"""Discord's markdown: marks, links and mentions in a text as its client parses them.

The rules are from its published parser (simple-markdown) and the reference's page "Message Formatting".
"""

import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

RULES: Final[tuple[tuple[str, str], ...]] = (
    ("spoiler", r"\|\|([\s\S]+?)\|\|"),
    ("code_block", r"```(?:[A-Za-z0-9_+\-.#]+?\n)?\n*([^\n][\s\S]*?)\n*```"),
    ("long_quote", r" *>>> ([\s\S]*)"),
    ("quote", r" *> [^\n]*(?:\n *> [^\n]*)*\n?"),
    ("subtext", r"-# +(\S[^\n]*)(?:\n|$)"),
    ("heading", r"#{1,3} +(\S[^\n]*)(?:\n|$)"),
    ("item", r" *(?:[*\-]|[0-9]+\.) +(\S[^\n]*(?:\n(?! *(?:[*\-]|[0-9]+\.) )[^\n]+)*)"),
    ("escape", r"\\([^0-9A-Za-z\s])"),
    ("link", r"<(https?:\/\/[^\s>]+)>"),
    ("link", r"https?:\/\/[^\s<]+[^<.,:;\x22'\]\s]"),
    (
        "masked_link",
        r"\[((?:\[[^\[\]]*\]|[^\[\]])+)\]\(\s*<?https?:\/\/(?:\([^()\s]*\)|[^\s()<>\\])+>?(?:\s+[\x22'][^\x22']*[\x22'])?\s*\)",
    ),
    ("user", r"<@!?[0-9]+>"),
    ("role", r"<@&[0-9]+>"),
    ("channel", r"<#[0-9]+>"),
    ("command", r"<\/[^:<>\n]+:[0-9]+>"),
    ("emoji", r"<a?:[A-Za-z0-9_]+:[0-9]+>"),
    ("time", r"<t:-?[0-9]{1,17}(?::[tTdDfFR])?>"),
    ("navigation", r"<id:[a-z\-]+(?::[0-9]+)?>"),
    ("everyone", r"@(?:everyone|here)"),
    ("em", r"_((?:__|\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])"),
    ("em", r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)"),
    ("strong", r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    ("underline", r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    ("strike", r"~~([\s\S]+?)~~(?!_)"),
    ("code", r"(`+)([\s\S]*?[^`])\1(?!`)"),
)
"""Kinds with their patterns in order of precedence; the last group is the content.

Of `em`, `strong` and `underline` the longest match wins. Where `\\s` and case matter, JavaScript and Python agree.
"""

_COMPILED: Final = tuple((kind, re.compile(pattern)) for kind, pattern in RULES)
_LINE_KINDS: Final = frozenset({"long_quote", "quote", "subtext", "heading", "item"})
_INLINE_LINES: Final = frozenset({"subtext", "heading", "item"})
"""Kinds whose content is not the beginning of a line."""
_QUOTES: Final = frozenset({"long_quote", "quote"})
_LONGEST_MATCH_WINS: Final = frozenset({"em", "strong", "underline"})
_LITERAL: Final = frozenset({"code_block", "code"})
_HAVE_CONTENT: Final = _LINE_KINDS | _LONGEST_MATCH_WINS | _LITERAL | {"spoiler", "masked_link", "strike"}
_QUOTE_MARK: Final = re.compile(r"^ *> ", re.MULTILINE)
_CANDIDATE: Final = re.compile(r"[\\|`<\[@*_~]|https?:|(?<=\n)[ >#*\-0-9]")
"""Positions at which a rule may match; some rules match at the beginning of the text too."""
_LINKS: Final = tuple(pattern for kind, pattern in _COMPILED if kind == "link")
_LINK_START: Final = re.compile(r"<?https?:")
_MARK: Final = re.compile(r"[\\*_~`|\[\]<@]")
_ESCAPED_BEHIND: Final = re.compile(r"[^\s<\]]*[\]<]")
_LINE_MARK: Final = re.compile(r"^( *[0-9]*)((?<![0-9])[#>\-]|(?<=[0-9])\.(?= ))", re.MULTILINE)
_ADDRESS: Final = re.compile(r"(https?):")
_MAX_DEPTH: Final = 20
"""Limit of nested marks; deeper ones are text."""


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A mark around a part of the text."""

    kind: str
    start: int
    """Position in the text, which distinguishes marks of one kind."""
    opening: str
    closing: str


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Characters with the same format: plain text, or one link, mention or escaped character."""

    kind: str
    """`text`, or the kind of a rule without content."""
    shown: str
    marks: tuple[Mark, ...]
    """Outermost first."""
    places: Sequence[int]
    """Positions of its characters in the source."""


def escaped(text: str) -> str:
    """Escape marks and mentions, so that the text is shown literally; links still work."""
    made: list[str] = []
    at = 0
    for start, end in links(text):
        made += [unlinked(text[at:start], begins_line=_begins_line(text, at)), _separate(text, start, end)]
        at = end
    return "".join([*made, unlinked(text[at:], begins_line=_begins_line(text, at))])


def unlinked(text: str, *, begins_line: bool = True) -> str:
    """Escape marks, mentions and links, so that the text is shown literally."""
    first = "" if begins_line else "."
    marked = _LINE_MARK.sub(r"\1\\\2", first + _MARK.sub(r"\\\g<0>", text)).removeprefix(first)
    return _ADDRESS.sub(r"\1\\:", marked)


def covered(text: str, cover: str) -> str:
    """Return the text with `cover` for what each of its spoilers hides; the marks stay."""
    if "||" not in text:
        return text
    hidden = {place for run in read(text) for place in run.places if any(mark.kind == "spoiler" for mark in run.marks)}
    blocks = itertools.groupby(enumerate(text), key=lambda placed: placed[0] in hidden)
    return "".join(cover if is_hidden else "".join(each for _, each in placed) for is_hidden, placed in blocks)


def links(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of URLs in a text without regard to marks."""
    at = 0
    while rule_match := _LINK_START.search(text, at):
        at = rule_match.end()
        for pattern in _LINKS:
            if match := pattern.match(text, rule_match.start()):
                at = _end_of_link(text, match.start(), match.end())
                yield match.start(), at
                break


def _begins_line(text: str, place: int) -> bool:
    return text[:place].endswith("\n") or not place


def _separate(text: str, start: int, end: int) -> str:
    """Return the link separated from a backslash after it; the angle brackets around one are shown too."""
    link = text[start:end]
    if link.startswith("<"):
        return rf"\<{link}\>"
    if not _ESCAPED_BEHIND.match(text, end):
        return link
    return unlinked(link, begins_line=False) if ">" in link else f"<{link}>"


@dataclasses.dataclass(frozen=True, slots=True)
class _RuleMatch:
    """A match of a rule, and the span of its content."""

    kind: str
    start: int
    end: int
    content: tuple[int, int]


def read(text: str) -> list[Run]:
    """Parse the text into the runs that Discord's client shows, in order, without the marks' own characters."""
    return list(_read(text, range(len(text)), (), begins_line=True))


def _read(source: str, places: Sequence[int], marks: tuple[Mark, ...], *, begins_line: bool) -> Iterator[Run]:
    """Yield the runs of `source`, whose characters have the positions `places` in the whole text."""
    done = at = 0
    while at < len(source):
        is_first = source[at - 1] == "\n" if at else begins_line
        rule_match = _match(source, at, marks, begins_line=is_first)
        if rule_match is None:
            following = _CANDIDATE.search(source, at + 1)
            at = following.start() if following else len(source)
            continue
        if done < at:
            yield Run("text", source[done:at], marks, places[done:at])
        yield from _inside(rule_match, source, places, marks, begins_line=is_first)
        done = at = rule_match.end
    if done < len(source):
        yield Run("text", source[done:], marks, places[done:])


def _match(source: str, at: int, marks: tuple[Mark, ...], *, begins_line: bool) -> _RuleMatch | None:
    """Return the match at this position, if any."""
    is_quoted = any(mark.kind in _QUOTES for mark in marks)
    best: _RuleMatch | None = None
    for kind, pattern in _COMPILED:
        if best and kind not in _LONGEST_MATCH_WINS:
            break
        if kind in _LINE_KINDS and (not begins_line or (is_quoted and kind in _QUOTES)):
            continue
        if kind in _HAVE_CONTENT and len(marks) >= _MAX_DEPTH:
            continue
        match = pattern.match(source, at)
        if match and (best is None or match.end() > best.end):
            best = _RuleMatch(kind, at, match.end(), match.span(match.lastindex or 0))
    if best and best.kind == "link":
        cut = best.end - _end_of_link(source, at, best.end)
        best = dataclasses.replace(best, end=best.end - cut, content=(best.content[0], best.content[1] - cut))
    return best


def _end_of_link(source: str, start: int, end: int) -> int:
    """Return the end of the URL, without an unbalanced closing bracket."""
    while source[end - 1] == ")" and source.count(")", start, end) > source.count("(", start, end):
        end -= 1
    return end


def _inside(
    rule_match: _RuleMatch, source: str, places: Sequence[int], marks: tuple[Mark, ...], *, begins_line: bool
) -> Iterator[Run]:
    """Yield the runs of a match."""
    start, end = rule_match.content
    if rule_match.kind not in _HAVE_CONTENT:
        yield Run(rule_match.kind, source[start:end], marks, places[rule_match.start : rule_match.end])
        return
    mark = Mark(
        rule_match.kind, places[rule_match.start], source[rule_match.start : start], source[end : rule_match.end]
    )
    if rule_match.kind in _LITERAL:
        yield Run("text", source[start:end], (*marks, mark), places[start:end])
    elif rule_match.kind == "quote":
        kept = _unquoted(source, rule_match)
        mark = dataclasses.replace(mark, opening="> ", closing="")
        content = "".join(source[place] for place in kept)
        yield from _read(content, [places[place] for place in kept], (*marks, mark), begins_line=True)
    else:
        is_first = begins_line and rule_match.kind not in _INLINE_LINES
        yield from _read(source[start:end], places[start:end], (*marks, mark), begins_line=is_first)


def _unquoted(source: str, quote: _RuleMatch) -> list[int]:
    """Return the positions of the quoted text, without the marks at the beginning of its lines."""
    marked = {
        place
        for mark in _QUOTE_MARK.finditer(source[quote.start : quote.end])
        for place in range(quote.start + mark.start(), quote.start + mark.end())
    }
    return [place for place in range(quote.start, quote.end) if place not in marked]
