"""Limits of the answers that are open at once."""

import collections
import contextlib
from collections.abc import Generator, Hashable

from bot.feed.http.problems import ProblemError


class Slots:
    """So many answers at once in all, and for each key."""

    def __init__(self, count: int, count_of_key: int, answers: str) -> None:
        """`answers` says what is counted."""
        self._count = count
        self._count_of_key = count_of_key
        self._answers = answers
        self._used = collections.Counter[Hashable]()

    @contextlib.contextmanager
    def slot(self, key: Hashable) -> Generator[None]:
        """Use one inside.

        Raises:
            ProblemError: none is free.
        """
        if self._used[key] >= self._count_of_key:
            why = f"You have {self._count_of_key} {self._answers} open already. Wait until one ends."
            raise ProblemError.too_many(why)
        if self._used.total() >= self._count:
            raise ProblemError.passing(f"There are {self._count} {self._answers} open already. Wait until one ends.")
        self._used[key] += 1
        try:
            yield
        finally:
            self._used -= collections.Counter((key,))
