"""The health as a whole: what is unhealthy, and the line that says so."""

import dataclasses
import math

import pytest

from bot.domain.values import StorageHealth, WriteProbe
from bot.domain.values.reports import MIN_FREE_FOR_DATABASE
from bot.health.checks import RECONNECT_SECONDS, REPORT_SECONDS, SILENCE_SECONDS, HealthReport, gateway_failure

RESERVE = 10**6
FREE = 2 * MIN_FREE_FOR_DATABASE
SOUND = StorageHealth(WriteProbe(1.0), WriteProbe(1.0), FREE, 2 * RESERVE, RESERVE)
WELL = HealthReport(None, 1.0, SOUND, queued=0, queued_in_memory=0, backup_age=None)
FULL = WriteProbe(None, "the disk may be full")


def with_storage(**changes: object) -> HealthReport:
    return dataclasses.replace(WELL, storage=dataclasses.replace(SOUND, **changes))


@pytest.mark.parametrize(
    ("report", "summary"),
    [
        (WELL, "healthy: gateway, database, disk"),
        (
            dataclasses.replace(WELL, queued=1, queued_in_memory=2),
            "healthy: gateway, database, disk; queued changes: 3",
        ),
        (dataclasses.replace(WELL, gateway="no connection"), "unhealthy: gateway: no connection"),
        (with_storage(database=FULL), "unhealthy: database: the disk may be full"),
        (with_storage(pictures=FULL), "unhealthy: disk: pictures can’t be saved: the disk may be full"),
        (
            with_storage(free_for_pictures=RESERVE - 1),
            "unhealthy: disk: pictures are refused: the disk has less space than is reserved for texts",
        ),
        (
            with_storage(free_for_database=MIN_FREE_FOR_DATABASE - 1),
            "unhealthy: disk: the database’s disk is full",
        ),
        (with_storage(free_for_pictures=None, free_for_database=None), "healthy: gateway, database, disk"),
    ],
)
def test_a_line_says_what_is_unhealthy(report: HealthReport, summary: str):
    assert report.summary == summary
    assert report.is_healthy == summary.startswith("healthy")


def test_a_silence_is_a_failure_within_a_minute_and_a_lost_connection_after_a_few_seconds():
    assert gateway_failure(unconnected=0, silence=SILENCE_SECONDS) is None
    assert gateway_failure(unconnected=0, silence=51) == "nothing heard from Discord for 51 seconds"
    assert gateway_failure(unconnected=RECONNECT_SECONDS, silence=0) is None
    assert gateway_failure(unconnected=math.inf, silence=0) == "not connected to Discord"
    assert SILENCE_SECONDS + REPORT_SECONDS < 60
