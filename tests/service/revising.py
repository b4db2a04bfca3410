"""Plans with many revisions, made faster than by edits."""

from bot.domain.values import ChangeKind, Plan
from bot.service.records import revisions
from storage.store import Store
from tests.service.scene import DANA


async def make_many(store: Store, plan: Plan, count: int, text: str) -> None:
    """Have so many more revisions of a plan, with the text after a number."""

    def make() -> None:
        made = plan
        for number in range(count):
            made = revisions.append(made, ChangeKind.EDITED, DANA.user_id, plan.posted_at, text=f"{number} {text}")

    await store.write(make)
