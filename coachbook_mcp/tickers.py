"""Tickers, and the texts that mention one as a whole word."""

import dataclasses
import re
import unicodedata
from typing import Final

from coachbook_mcp.errors import QuestionError

MAX_LENGTH: Final = 20
_LETTER: Final = r"[^\W_]"
"""A letter or a digit; the line below is a sign here, as in search."""
_TICKER: Final = re.compile(rf"{_LETTER}+(?:[.:=/-]{_LETTER}+)*")
_SIGNS: Final = re.compile(r"^[\W_]+|[\W_]+$")


@dataclasses.dataclass(frozen=True, slots=True)
class Ticker:
    """A ticker, such as `nq` or `brk.b`: without signs around it, and without upper case."""

    word: str

    @classmethod
    def parse(cls, given: str) -> "Ticker":
        """Return the ticker: `$NQ`, `NQ` and `nq` are the same.

        Raises:
            QuestionError: the text is not a ticker.
        """
        word = _SIGNS.sub("", _folded(given[: 2 * MAX_LENGTH]))
        if len(word) > MAX_LENGTH or not _TICKER.fullmatch(word):
            raise QuestionError(f"Write a ticker such as NQ, $AAPL or BRK.B, of at most {MAX_LENGTH} characters.")
        return cls(word)

    @property
    def query(self) -> str:
        """The words to search for: the last of a search may be a beginning, so the word is there twice."""
        return f"{self.word} {self.word}"

    def is_in(self, text: str) -> bool:
        """Return true if the text mentions it as a whole word: AA is not in AAPL."""
        return bool(re.search(rf"(?<!{_LETTER}){re.escape(self.word)}(?!{_LETTER})", _folded(text)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
