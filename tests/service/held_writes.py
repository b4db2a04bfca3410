"""Changes that are made, and saved later, as on a disk that stalls."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable

from bot.domain.values import ChangeKind, Plan
from bot.service.records import revisions
from storage.store import Store
from tests.processes import DEADLINE
from tests.service.scene import DANA, FakeClock


@contextlib.asynccontextmanager
async def edit_held(store: Store, plan: Plan, clock: FakeClock, text: str) -> AsyncGenerator[Callable[[], None]]:
    """Yield what has the edit saved; the end of the block does, too."""
    made, end = threading.Event(), threading.Event()

    def edit() -> None:
        revisions.append(plan, ChangeKind.EDITED, DANA.user_id, clock(), text=text)
        made.set()
        end.wait(DEADLINE)

    writing = asyncio.create_task(store.write(edit))
    await asyncio.to_thread(made.wait, DEADLINE)
    try:
        yield end.set
    finally:
        end.set()
        await writing
