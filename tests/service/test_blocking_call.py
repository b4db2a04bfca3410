"""A call that a broken disk does not let return."""

import threading

import pytest

from bot.service.blocking_call import BlockingCall


async def test_a_call_that_hangs_is_not_repeated_until_it_has_ended():
    ended, calls = threading.Event(), []

    def hang() -> int:
        calls.append(threading.current_thread())
        ended.wait()
        return len(calls)

    call = BlockingCall(hang, seconds=0.01)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await call.result()
    assert len(calls) == 1
    assert calls[0].daemon  # the process can end
    ended.set()
    calls[0].join()

    assert await BlockingCall(hang).result() == 2


async def test_an_error_is_raised():
    def fail() -> None:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await BlockingCall(fail).result()
