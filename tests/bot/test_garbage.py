"""The garbage that is collected during the start, and after it."""

import gc
from collections.abc import Iterator

import pytest

from bot import garbage


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)


def full_collections() -> int:
    return gc.get_stats()[2]["collections"]


def make_many() -> list[list[int]]:
    """Enough objects for a full collection."""
    return [[] for _ in range(400_000)]


def test_a_start_makes_no_full_collection():
    garbage.postpone_full_collections()
    before = full_collections()

    made = make_many()

    assert made
    assert full_collections() == before


def test_after_the_start_all_garbage_is_collected_but_what_was_there_is_left_alone():
    left_alone_before = gc.get_freeze_count()
    garbage.postpone_full_collections()
    garbage.resume_full_collections()
    left_alone, before = gc.get_freeze_count(), full_collections()

    made = make_many()

    assert made
    assert full_collections() > before
    assert gc.get_freeze_count() == left_alone > left_alone_before
