"""Reports to a service manager: of either kind of address, and to none."""

import asyncio
import contextlib
import os
import resource
from collections.abc import Generator
from pathlib import Path

import pytest

from bot.service_manager import ServiceManager
from tests.notify_socket import NotifySocket


@contextlib.contextmanager
def no_free_descriptor() -> Generator[None]:
    """Let this process open no further file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("is_abstract", [False, True])
async def test_a_report_reaches_a_file_and_an_abstract_address(tmp_path: Path, *, is_abstract: bool):
    listening = await NotifySocket.open(tmp_path, is_abstract=is_abstract)

    with ServiceManager({"NOTIFY_SOCKET": listening.address, "WATCHDOG_USEC": "none"}).extending_start():
        await listening.until("EXTEND_TIMEOUT_USEC=60000000")

    await listening.until("STATUS=Connecting to Discord.")
    listening.close()


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-listens-here"])
def test_a_manager_that_is_not_there_is_no_error(address: str):
    manager = ServiceManager({"NOTIFY_SOCKET": address})

    with manager.extending_start():
        manager.ready()
    manager.stopping()


async def test_pings_go_on_after_a_lack_of_file_descriptors_and_a_stop_is_not_extended(tmp_path: Path):
    listening = await NotifySocket.open(tmp_path)
    manager = ServiceManager({"NOTIFY_SOCKET": listening.address, "WATCHDOG_USEC": "200000"})
    pinging = asyncio.create_task(manager.ping())
    with no_free_descriptor():
        manager.stopping()  # is lost, and no error
        await asyncio.sleep(0)
    assert not pinging.done()

    await listening.until("WATCHDOG=1")

    assert "EXTEND_TIMEOUT_USEC=60000000" not in listening.assignments
    pinging.cancel()
    listening.close()


async def test_no_watchdog_or_one_of_another_process_is_pinged_rarely(tmp_path: Path):
    for watchdog in ({"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "200000", "WATCHDOG_PID": "1"}):
        folder = tmp_path / watchdog["WATCHDOG_USEC"]
        folder.mkdir()
        listening = await NotifySocket.open(folder)
        pinging = asyncio.create_task(ServiceManager({"NOTIFY_SOCKET": listening.address, **watchdog}).ping())
        await listening.until("EXTEND_TIMEOUT_USEC=60000000")

        await listening.until_silent(0.5)

        pinging.cancel()
        listening.close()
