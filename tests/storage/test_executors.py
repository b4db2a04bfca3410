import asyncio
import gc
import threading
import weakref

import pytest

from storage.errors.database import StorageClosedError
from storage.executors import READERS, Executors


@pytest.fixture
async def executors():
    made = Executors()
    yield made
    await asyncio.to_thread(made.shut_down)


async def test_a_thread_that_is_free_does_the_next_act(executors: Executors):
    names = {await executors.read(lambda: threading.current_thread().name) for _ in range(50)}

    assert names == {"store-reader_0"}


async def test_as_many_read_at_once_as_there_are_readers_and_others_wait_for_the_first_that_is_free(
    executors: Executors,
):
    together = threading.Barrier(READERS)

    def meet() -> str:
        together.wait(timeout=60)
        return threading.current_thread().name

    names = await asyncio.gather(*(executors.read(meet) for _ in range(2 * READERS)))

    assert set(names) == {f"store-reader_{number}" for number in range(READERS)}
    assert executors.reading == 0


async def test_an_error_is_the_callers_and_the_thread_goes_on(executors: Executors):
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await executors.write(fail)

    assert await executors.write(lambda: "done") == "done"


async def test_a_canceled_act_that_has_not_begun_is_not_done(executors: Executors):
    may_end = threading.Event()
    done: list[str] = []
    first = asyncio.create_task(executors.write(may_end.wait))
    second = asyncio.create_task(executors.write(lambda: done.append("second")))
    await asyncio.sleep(0)

    second.cancel()
    may_end.set()

    await first
    await executors.write(lambda: done.append("third"))
    assert done == ["third"]


async def test_what_was_submitted_is_done_before_the_threads_end_and_nothing_after(executors: Executors):
    may_end = threading.Event()
    acts = [asyncio.create_task(executors.write(act)) for act in (may_end.wait, lambda: "done")]
    await asyncio.sleep(0)

    may_end.set()
    await asyncio.to_thread(executors.shut_down)

    assert await asyncio.gather(*acts) == [True, "done"]
    with pytest.raises(StorageClosedError):
        await executors.write(lambda: "too late")
    with pytest.raises(StorageClosedError):
        executors.run_on_writer(lambda: "too late")


async def test_a_thread_that_waits_keeps_neither_the_last_result_nor_the_last_error(executors: Executors):
    class Result:
        pass

    class FailureError(Exception):
        pass

    def fail() -> None:
        raise FailureError

    gc.disable()
    try:
        result = await executors.read(Result)
        seen: list[weakref.ref[object]] = [weakref.ref(result)]
        try:
            await executors.read(fail)
        except FailureError as error:
            seen.append(weakref.ref(error))
        del result
        await executors.read(int)

        assert [each() for each in seen] == [None, None]
    finally:
        gc.enable()


def test_an_act_whose_event_loop_was_closed_does_not_end_the_thread():
    executors, may_end = Executors(), threading.Event()

    async def leave() -> None:
        task = asyncio.create_task(executors.write(may_end.wait))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave())
    may_end.set()

    assert executors.run_on_writer(lambda: "done") == "done"
    executors.shut_down()
