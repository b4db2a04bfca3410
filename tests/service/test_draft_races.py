"""Whatever is done to drafts at the same time, no picture is lost in silence and no command says what is not so."""

import asyncio
import contextlib
import dataclasses
import tempfile
from collections.abc import AsyncGenerator, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import errors
from bot.domain.commands import AddCharts, EditPlan, PostPlan
from bot.domain.values import (
    Attachment,
    Chart,
    Draft,
    DraftId,
    DraftKind,
    OperationId,
    Plan,
    PlanId,
    PlanOfDay,
    Received,
    RejectedPicture,
    Submission,
)
from bot.service.drafts import edit_of
from bot.service.records.charts import charts_in
from storage.models import RevisionRow
from storage.store import Store
from tests.new_database import put_new_database
from tests.rounds import rounds
from tests.service.scene import DANA, FakeClock, Services, drafts_of, fresh

T = TypeVar("T")

TAKEN = "2026-11-23"
DAYS = st.sampled_from([TAKEN, "2026-11-24", "2026-11-25"])
COUNTS = st.integers(0, 2)
BAD = 5
"""Each picture whose number is divisible by this is none."""
COMMANDS = ("form", "form", "edit form", "use", "post on", "change day", "add charts", "discard", "fetch", "resume")

Steps = AsyncGenerator[None, bool]
"""Between two steps others act; True is sent: the plan waits no longer for its pictures."""


@dataclasses.dataclass
class Fetching:
    """The pictures of one command, fetched one after the other."""

    book: "Drafts"
    draft_id: DraftId
    pictures: list[Chart | Attachment]
    left_out: list[RejectedPicture] = dataclasses.field(default_factory=list)
    refused: set[int] = dataclasses.field(default_factory=set)

    @property
    def awaited(self) -> list[int]:
        links = [place for place, each in enumerate(self.pictures) if isinstance(each, Attachment)]
        return [place for place in links if place not in self.refused]

    async def one(self) -> None:
        """Fetch the next link, and save its result in the draft, or wherever its pictures are now."""
        place = self.awaited[0]
        link = self.pictures[place]
        assert isinstance(link, Attachment)
        result = self.book.fetched(link)
        await self.book.services.drafts.put_result(DANA, self.draft_id, link, result)
        if result:
            self.pictures[place] = result
        else:
            self.refused.add(place)
            self.left_out.append(RejectedPicture(link.filename, "is none", is_final=True))

    def received(self) -> Received:
        return Received(tuple(self.pictures), tuple(self.left_out), frozenset(self.refused))


class Drafts:
    """Commands as `PlanFlow`, `LateCharts` and `ErrorHandler` do them, whose steps are mixed in any order."""

    def __init__(self) -> None:
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        put_new_database(Path(self.folder.name) / "book.db")
        self.sent: set[str] = set()
        """The names of the pictures that were attached to commands which came as far as a draft."""
        self.told: set[str] = set()
        """Names of pictures that an answer gives, or that their author discarded."""
        self.running: list[Steps] = []
        self.claims: list[DraftId] = []
        self.count = 0
        self.open()

    def open(self) -> None:
        self.store = Store.open(Path(self.folder.name) / "book.db")
        self.services = Services.on(self.store, FakeClock())

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(act)

    def fetched(self, link: Attachment) -> Chart | None:
        number = int(link.filename.removesuffix(".png"))
        return self.services.keep(link.filename.encode(), link.filename) if number % BAD else None

    def links(self, count: int) -> tuple[Attachment, ...]:
        numbers = range(self.count + 1, self.count + count + 1)
        self.count += count
        return tuple(Attachment(f"http://cdn/{number}", f"{number}.png", 1) for number in numbers)

    def advance(self, steps: Steps, *, is_hurried: bool | None) -> None:
        """Take a step; `is_hurried` None: the first."""

        async def step() -> bool:
            try:
                await (anext(steps) if is_hurried is None else steps.asend(is_hurried))
            except StopAsyncIteration:
                return True
            return False

        if self.run(step()):
            self.running.remove(steps)

    # The commands.

    async def sending(self, submission: Submission, text: str) -> Steps:
        """`PlanFlow.post_draft`, `post` and `edit`."""
        operation = fresh()
        unsaved: Submission | None = submission
        try:
            if submission.adds_pictures:
                submission = await self.services.drafts.completed(DANA, submission)
                yield
            if not (submission.pictures or await self.services.drafts.pictures(DANA, submission)):
                yield
                await self.send(submission, text, operation, rest_follows=False)
                return
            yield
            draft = await self.services.drafts.save_to_send(DANA, submission, operation)
            self.note(submission)
            yield
            unsaved = dataclasses.replace(draft, replaces_charts=submission.replaces_charts)
            with self.claim(draft.id):
                fetching = Fetching(self, draft.id, list(draft.pictures))
                is_hurried = False
                while fetching.awaited and not is_hurried:
                    await fetching.one()
                    is_hurried = yield
                received, rest_follows = fetching.received(), bool(fetching.awaited)
                unsaved = dataclasses.replace(draft, pictures=received.usable)
                plan = await self.send(unsaved, text, operation, rest_follows=rest_follows, received=received)
                unsaved = None
                self.tell(received.left_out)
                if not rest_follows:
                    return
                yield
                while fetching.awaited:
                    await fetching.one()
                    yield
                change = await self.services.late.add(DANA, draft.id, plan.id, fetching.received())
                self.tell(change.left_out)
        except errors.RefusalError as refusal:
            await self.refuse(refusal, unsaved, operation)

    async def send(
        self,
        submission: Submission,
        text: str,
        operation: OperationId,
        *,
        rest_follows: bool,
        received: Received | None = None,
    ) -> Plan:
        """Post or edit: what is answered then is the command's own text."""
        try:
            if submission.kind is DraftKind.POST:
                command = PostPlan.of(submission, rest_follows=rest_follows)
                plan = await self.services.plans.post(DANA, command, operation)
            else:
                edit = dataclasses.replace(edit_of(submission, rest_follows=rest_follows), replaces_charts=False)
                plan = (await self.services.plans.edit(DANA, edit, operation)).plan
        except errors.RefusalError:
            self.tell(received.left_out if received else ())
            raise
        assert plan.text == text
        return plan

    async def changing_day(self, draft_id: DraftId, day: str) -> Steps:
        """`PlanFlow.change_of_day` of a draft with a text."""
        operation = fresh()
        unsaved: Draft | None = None
        try:
            draft = await self.services.drafts.get(DANA, draft_id)
            yield
            if not draft.has_text:
                return
            unsaved = draft
            rest_follows = len(draft.charts) < len(draft.pictures)
            plan = await self.services.plans.find(DANA, PlanOfDay("d", day))
            command = EditPlan(plan.id, draft.text, plan.revision, draft=draft.id, rest_follows=rest_follows)
            edited = await self.services.plans.edit(DANA, command, operation)
            assert edited.plan.text == draft.text
        except errors.RefusalError as refusal:
            await self.refuse(refusal, unsaved, operation)

    async def adding(self, draft_id: DraftId, plan_id: PlanId) -> Steps:
        """`PlanFlow.add_draft_charts`."""
        operation = fresh()
        unsaved: Draft | None = None
        try:
            draft = await self.services.drafts.get(DANA, draft_id)
            yield
            if not draft.pictures:
                return
            unsaved = draft = await self.services.drafts.save_to_send(DANA, draft, operation)
            fetching = Fetching(self, DraftId(0), list(draft.pictures))  # it saves no results
            while fetching.awaited:
                await fetching.one()
                yield
            command = AddCharts(plan_id, fetching.received(), draft.id)
            change = await self.services.charts.add(DANA, command, operation)
            self.tell(change.left_out)
        except errors.RefusalError as refusal:
            await self.refuse(refusal, unsaved, operation)

    async def fetching_waiting(self) -> Steps:
        """`IntakeService.fetch_waiting`, which names nothing that it rejects."""
        for draft in await drafts_of(self.services.drafts, DANA):
            fetching = Fetching(self, draft.id, list(draft.pictures))
            while fetching.awaited:
                yield
                await fetching.one()
            self.tell(fetching.left_out)

    async def resuming(self) -> Steps:
        """`LateCharts.resume`."""
        for late in [each for each in await self.services.late.expected() if each.id not in self.claims]:
            with self.claim(late.id), contextlib.suppress(errors.DraftGoneError):
                fetching = Fetching(self, late.id, list(late.pictures))
                while fetching.awaited:
                    yield
                    await fetching.one()
                self.tell((await self.services.late.add(DANA, late.id, late.plan_id, fetching.received())).left_out)

    async def refuse(self, refusal: errors.RefusalError, unsaved: Submission | None, operation: OperationId) -> None:
        """`ErrorHandler.respond`."""
        assert unsaved is None or not isinstance(refusal, errors.DoneAlreadyError)
        if isinstance(refusal, errors.NoPictureAddedError):
            self.tell(refusal.left_out)
        if unsaved is None or (isinstance(refusal, errors.DraftGoneError) and isinstance(unsaved, Draft)):
            return
        if refusal.is_final:
            if unsaved.adds_pictures:
                self.tell(RejectedPicture(each.filename, "is not saved") for each in unsaved.pictures)
            return
        try:
            await self.services.drafts.save(DANA, unsaved, operation)
            self.note(unsaved)
        except errors.DraftSentAgainError:
            pass  # the newer command has its pictures
        except errors.DraftsFullError:
            self.tell(unsaved.pictures)

    # What people do.

    def refuse_first(self, count: int) -> DraftId:
        """Make the draft that all send: refused, as its day was taken."""
        refused = Submission(DraftKind.POST, "refused", coach="d", day=TAKEN, pictures=self.links(count))
        draft = self.run(self.services.drafts.save(DANA, refused, fresh()))
        self.taken = self.run(self.services.plans.post(DANA, PostPlan("taken", coach="d", day=TAKEN), fresh()))
        self.note(refused)
        return draft.id

    def command(self, name: str, draft_id: DraftId, day: str, count: int) -> Steps:
        match name:
            case "form":
                return self.by_form(draft_id, day, count)
            case "edit form" | "use" | "post on":
                return self.as_it_is(name, draft_id, day, count)
            case "change day":
                return self.changing_day(draft_id, TAKEN)
            case "add charts":
                return self.adding(draft_id, self.taken.id)
            case "discard":
                return self.discarding(draft_id)
            case "fetch":
                return self.fetching_waiting()
            case _:
                return self.resuming()

    def by_form(self, draft_id: DraftId, day: str, count: int) -> Steps:
        text = f"text {fresh()}"
        sent = Submission(DraftKind.POST, text, coach="d", day=day, pictures=self.links(count), adds_pictures=True)
        return self.sending(dataclasses.replace(sent, draft_id=draft_id), text)

    async def as_it_is(self, name: str, draft_id: DraftId, day: str, count: int) -> Steps:
        """Send the draft by a button, or with another text as an edit."""
        try:
            draft = await self.services.drafts.get(DANA, draft_id)
        except errors.DraftGoneError:
            return
        submission: Submission = draft
        if name == "post on":
            submission = dataclasses.replace(draft, kind=DraftKind.POST, coach="d", day=day)
        else:
            plan = await self.services.plans.find(DANA, self.taken.id)
            submission = dataclasses.replace(draft, kind=DraftKind.EDIT, plan_id=plan.id, seen=plan.revision)
        if name == "edit form":
            submission = dataclasses.replace(submission.plain, text=f"text {fresh()}", pictures=self.links(count))
            submission = dataclasses.replace(submission, adds_pictures=True)
        steps = self.sending(submission, submission.text)
        await anext(steps)
        while True:
            is_hurried = yield
            try:
                await steps.asend(is_hurried)
            except StopAsyncIteration:
                return

    async def discarding(self, draft_id: DraftId) -> Steps:
        with contextlib.suppress(errors.DraftGoneError):
            self.tell((await self.services.drafts.discard(DANA, draft_id)).pictures)
        yield

    def restart(self) -> None:
        """Of what is killed nothing is named, and no file that is no picture is looked for any more."""
        for steps in self.running:
            self.run(_close(steps))
        self.running.clear()
        self.told |= {f"{number}.png" for number in range(0, self.count + 1, BAD)}
        self.run(self.store.close())
        self.open()

    def begin(self, steps: Steps) -> None:
        self.running.append(steps)
        self.advance(steps, is_hurried=None)

    def note(self, submission: Submission) -> None:
        self.sent |= {each.filename for each in submission.pictures}

    def tell(self, pictures: Any) -> None:
        self.told |= {each.filename for each in pictures}

    @contextlib.contextmanager
    def claim(self, draft_id: DraftId) -> Any:
        self.claims.append(draft_id)
        try:
            yield
        finally:
            self.claims.remove(draft_id)

    def finish(self) -> set[str]:
        """Go on until all is done, and return the pictures that were lost: in no plan, in no draft, and not named."""
        for _ in range(2):
            while self.running:
                self.advance(self.running[0], is_hurried=False)
            self.begin(self.resuming())
        while self.running:
            self.advance(self.running[0], is_hurried=False)
        assert self.run(self.services.late.expected()) == []
        saved = {each.filename for draft in self.run(drafts_of(self.services.drafts, DANA)) for each in draft.pictures}
        saved |= {each.filename for each in self.run(self.store.read(_charts))}
        return self.sent - saved - self.told

    def close(self) -> None:
        self.run(self.store.close())
        self.loop.close()
        self.folder.cleanup()


async def _close(steps: Steps) -> None:
    await steps.aclose()


def _charts() -> list[Chart]:
    return [chart for row in RevisionRow.select() for chart in charts_in(row.charts)]


@settings(max_examples=rounds(40, 1000), deadline=None)
@given(
    count=st.integers(0, 2),
    sent=st.lists(st.tuples(st.sampled_from(COMMANDS), DAYS, COUNTS), min_size=2, max_size=3),
    order=st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=20),
    restarts_at=st.none() | st.integers(0, 20),
)
def test_no_picture_of_a_draft_is_lost_whatever_sends_it_at_the_same_time(
    count: int, sent: list[tuple[str, str, int]], order: list[tuple[int, bool]], restarts_at: int | None
):
    book = Drafts()
    try:
        draft_id = book.refuse_first(count)
        waiting = dict(enumerate(sent))
        begun: dict[int, Steps] = {}
        for number, (place, is_hurried) in enumerate([*order, *((place, False) for place in waiting)]):
            if number == restarts_at:
                book.restart()
            if command := waiting.pop(place, None):
                name, day, links = command
                begun[place] = book.command(name, draft_id, day, links)
                book.begin(begun[place])
            elif begun.get(place) in book.running:
                book.advance(begun[place], is_hurried=is_hurried)

        assert book.finish() == set()
    finally:
        book.close()
