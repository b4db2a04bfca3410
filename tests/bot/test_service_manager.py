"""Reports to a service manager: of either kind of address, and to none."""

from pathlib import Path

import pytest

from bot.service_manager import ServiceManager
from tests.notify_socket import NotifySocket


@pytest.mark.parametrize("is_abstract", [False, True])
async def test_a_report_reaches_a_file_and_an_abstract_address(tmp_path: Path, *, is_abstract: bool):
    listening = await NotifySocket.open(tmp_path, is_abstract=is_abstract)

    with ServiceManager({"NOTIFY_SOCKET": listening.address, "WATCHDOG_USEC": "none"}).opening_files():
        await listening.until("EXTEND_TIMEOUT_USEC=60000000")

    await listening.until("STATUS=Connecting to Discord.")
    listening.close()


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-listens-here"])
def test_a_manager_that_is_not_there_is_no_error(address: str):
    manager = ServiceManager({"NOTIFY_SOCKET": address})

    with manager.opening_files():
        manager.ready()
    manager.stopping()
