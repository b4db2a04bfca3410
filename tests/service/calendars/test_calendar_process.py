"""The process that computes calendars."""

import datetime
import json
import subprocess
import sys
from collections.abc import Mapping

import pytest

from bot.domain.sessions import DayKind, Exchange
from bot.service.calendars import calendar_worker
from bot.service.calendars.calendar_process import CalendarProcess
from bot.service.subprocesses import WorkerError
from tests.processes import DEADLINE


def days_of(computed: Mapping[datetime.date, DayKind], kind: DayKind) -> list[str]:
    return sorted(f"{day:%m-%d}" for day, each in computed.items() if each is kind)


def test_every_exchange_with_holidays_is_computed_without_a_warning():
    """Run the program as the bot does, with every warning an error."""
    wanted = [(exchange, 2026) for exchange in Exchange if exchange.has_holidays]
    command = [sys.executable, "-I", "-W", "error", calendar_worker.__file__]

    done = subprocess.run(
        command, input=json.dumps(wanted).encode(), capture_output=True, timeout=DEADLINE, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert [len(days) for days in json.loads(done.stdout)] == [12, 12, 10, 7, 19]


async def test_the_days_are_those_that_the_exchanges_publish():
    wanted = [(Exchange.NYSE, 2026), (Exchange.XCME, 2026)]

    computed = await CalendarProcess(DEADLINE).compute(wanted)

    new_york, chicago = (computed[each] for each in wanted)
    closed = ["01-01", "01-19", "02-16", "04-03", "05-25", "06-19", "07-03", "09-07", "11-26", "12-25"]
    assert days_of(new_york, DayKind.CLOSED) == closed
    assert days_of(new_york, DayKind.HALF_DAY) == ["11-27", "12-24"]
    assert days_of(chicago, DayKind.CLOSED) == ["01-01", "04-03", "12-25"]
    assert "11-26" in days_of(chicago, DayKind.HALF_DAY)


@pytest.mark.parametrize("wanted", [(Exchange.NYSE, 2500), (Exchange.EVERY_DAY, 2026)])
async def test_a_year_that_the_library_does_not_know_is_an_error(wanted: tuple[Exchange, int]):
    with pytest.raises(WorkerError, match="status 1"):
        await CalendarProcess(DEADLINE).compute([wanted])
