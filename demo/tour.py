"""The tour of `make try`: four people use the bot, step by step, and each step is compared with what is expected."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Sequence

from rich.markup import escape

from demo.drawing import candles
from demo.screen import Screen
from demo.stage import KEPT, Stage, StageError, stage
from sandbox.driver import CouldNotError, NoAnswerError, Person, Seen
from sandbox.entities import Upload

FIRST = "Long NQ above 21,450. Stop 21,410. Half off at 21,500, rest at the close."
CHANGED = "Long NQ above 21,460. Stop 21,420. Half off at 21,510, rest at the close."
INTRADAY = "Nothing before 10:00. Then fade the first push if VIX is above 18."
TOMORROW = "CPI at 08:30. No trades before 08:45."


class Tour:
    """Steps that were taken on a stage, and how many were not as expected."""

    def __init__(self, on: Stage, screen: Screen) -> None:
        """Tour this stage."""
        self._stage = on
        self._screen = screen
        self.steps = 0
        self.surprises = 0

    async def take(self) -> None:
        """Take all steps: those of a new book, or those of one that was kept."""
        today = await self._stage.mia.slash("plan list", day="today", coach="d") if self._is_kept() else None
        if today and today.choices:
            await self._come_back()
        else:
            await self._begin()

    async def _begin(self) -> None:
        dana, ivan, mia, max_ = self._stage.dana, self._stage.ivan, self._stage.mia, self._stage.max
        posting = dana.slash("plan post", text=FIRST)
        await self._step(dana, f"types /plan post text:{FIRST}", posting, "Posted", "See it")
        await self._card("Coach D (Day Trading)", FIRST)
        form = await self._step(ivan, "types /plan post", ivan.slash("plan post"), "Coach I")
        await self._step(ivan, "writes and sends the form", ivan.submit(form, Plan=INTRADAY), "Posted")
        await self._edit(FIRST, CHANGED, "revision 2")
        await self._step(dana, "types /chart add with two pictures", self._add_charts(), "Added 2 charts")
        card = await self._card("Coach D", CHANGED, "revision 3")
        await self._step(
            mia, "presses Changed 2 times", mia.click(card, "Changed 2 times"), "3 revisions", "chart added"
        )
        await self._read("Coach D", "Coach I", "2 charts")
        compared = mia.slash("history diff", **{"from": 1, "to": 2}, coach="d")
        await self._step(mia, "types /history diff from:1 to:2 coach:d", compared, "~~21,450~~**21,460**")
        await self._save_message()
        refused = mia.slash("plan post", text="My own plan")
        await self._step(mia, "types /plan post text:My own plan", refused, "not a coach", "My own plan")
        asked = await self._step(
            max_, "types /plan delete coach:i", max_.slash("plan delete", coach="i"), "Delete Coach I"
        )
        await self._step(max_, "presses Keep it", max_.click(asked, "Keep it"), "Kept")
        added = max_.slash("admin coach add", key="w", name="Coach W (Weekly)")
        await self._step(max_, "types /admin coach add key:w name:Coach W (Weekly)", added, "Coach W (Weekly)")
        exported = max_.slash("plan export", format="zip")
        await self._step(max_, "types /plan export format:zip", exported, "3 plans")

    async def _come_back(self) -> None:
        shown = await self._step(
            self._stage.mia,
            "types /plan show coach:d, and the plan of the last time is there",
            self._stage.mia.slash("plan show", coach="d"),
            "Coach D (Day Trading)",
            "Long NQ",
        )
        before, after = (CHANGED, FIRST) if CHANGED in shown.text else (FIRST, CHANGED)
        await self._edit(before, after, "revision")
        await self._read("Coach D")

    async def _edit(self, before: str, after: str, *expected: str) -> None:
        dana = self._stage.dana
        form = await self._step(dana, "types /plan edit", dana.slash("plan edit"), before)
        await self._step(dana, "changes the text and sends it", dana.submit(form, Plan=after), "Done")
        await self._card(after, *expected)

    async def _card(self, *expected: str) -> Seen:
        """What everyone sees in the channel."""
        return await self._step(self._stage.mia, "looks at the card in the channel", self._newest(expected), *expected)

    async def _newest(self, words: Sequence[str]) -> Seen:
        """Wait for a message for everyone with these words."""
        mia = self._stage.mia

        def found() -> list[Seen]:
            return [each for each in mia.see() if not each.ephemeral and all(word in each.text for word in words)]

        await mia.sandbox.until(lambda: bool(found()))
        return found()[-1]

    async def _save_message(self) -> None:
        ivan = self._stage.ivan
        form = await self._step(
            ivan,
            f"writes into the channel: {TOMORROW}; opens its Apps menu and chooses Save as plan",
            ivan.message_action("Save as plan", ivan.send(TOMORROW)),
            TOMORROW,
        )
        sending = ivan.submit(form, Day="tomorrow")
        await self._step(ivan, "changes the day to tomorrow and sends the form", sending, "Posted")
        await self._card(TOMORROW, "Saved from")

    async def _add_charts(self) -> Seen:
        dana = self._stage.dana
        pictures = {f"chart{number}": Upload(f"nq-{number}.png", candles(number)) for number in (1, 2)}
        receipt = await dana.slash("chart add", **pictures)
        await dana.sandbox.until(lambda: "Added" in receipt.text)
        return receipt

    async def _read(self, *coaches: str) -> None:
        mia = self._stage.mia
        await self._step(mia, "types /plan show coach:d", mia.slash("plan show", coach="d"), "Long NQ", "revision")
        await self._step(mia, "types /plan list", mia.slash("plan list"), "plan", *coaches)

    async def _step(self, who: Person, does: str, act: Awaitable[Seen], *expected: str) -> Seen:
        seen = await act
        there = seen.text + "".join(field.value for field in seen.form.fields) if seen.form else seen.text
        missing = [words for words in expected if words not in there]
        self._screen.show(who, does, seen, missing)
        self.steps += 1
        self.surprises += bool(missing)
        return seen

    def _is_kept(self) -> bool:
        return bool(self._stage.mia.see())


async def take_tour(*, keep: bool, port: int, once: bool) -> int:
    """Set the stage, take the tour, and stay up until Ctrl-C unless `once`; the exit status."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    playing = asyncio.create_task(_play(keep=keep, port=port, told=told, once=once))
    stopping = asyncio.create_task(told.wait())
    await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not playing.done():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(playing), 0.1)
    if not playing.done():
        playing.cancel()
    try:
        return await playing
    except asyncio.CancelledError:
        return 0


async def _play(*, keep: bool, port: int, told: asyncio.Event, once: bool) -> int:
    screen = Screen(str)
    try:
        async with stage(keep=keep, port=port) as on, on.bot():
            screen = Screen(on.person_named)
            tour = Tour(on, screen)
            await tour.take()
            screen.say(_verdict(tour))
            if not once:
                screen.say(f"The local Discord stays up at {on.sandbox.rest_url}, the bot's log is {on.log}.")
                screen.say("Press Ctrl-C to stop." + ("" if keep else " KEEP=1 keeps the data for the next time."))
                await told.wait()
    except (StageError, CouldNotError, NoAnswerError) as error:
        screen.say(f"[red]The tour was broken off:[/] {escape(str(error))}")
        return 1
    if keep:
        screen.say(f"Kept in {KEPT}: make try KEEP=1 goes on from here.")
    return 1 if tour.surprises else 0


def _verdict(tour: Tour) -> str:
    if tour.surprises:
        return f"[red]{tour.surprises} of {tour.steps} steps were not as expected.[/]"
    return f"[green]All {tour.steps} steps were as expected.[/]"
