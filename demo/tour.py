"""The tour of `make try`: four people use the bot, step by step, and each step is compared with what is expected."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import sys
import webbrowser
from collections.abc import Awaitable, Callable

from rich.markup import escape

from demo.drawing import candles
from demo.screen import Screen
from demo.stage import KEPT, Stage, StageError, stage
from sandbox.driver import CouldNotError, NoAnswerError, Person, Seen
from sandbox.world.entities import Upload

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
        await self._type(dana, "plan post", "Posted: Coach D (Day Trading)", text=FIRST)
        card = await self._look("the plan's card stands in the channel", "Coach D (Day Trading)", FIRST)
        form = await self._type(ivan, "plan post", "Coach I")
        await self._step(ivan, "writes and sends the form", ivan.submit(form, Plan=INTRADAY), "Posted: Coach I")
        await self._edit(card, FIRST, CHANGED, "#2")
        await self._add_charts(card)
        await self._press_buttons(card)
        await self._read("Coach D", "Coach I", "2 charts")
        await self._type(mia, "history diff", "~~21,450~~ → **21,460**", **{"from": 1, "to": 2}, coach="d")
        await self._save_message()
        await self._type(mia, "plan post", "not a coach", "My own plan", text="My own plan")
        await self._type(max_, "admin coach add", "Coach W (Weekly)", key="w", name="Coach W (Weekly)")
        await self._type(max_, "plan export", "3 plans", format="zip")

    async def _come_back(self) -> None:
        self._screen.say("The plan of the last time is there:")
        shown = await self._type(self._stage.mia, "plan show", "Coach D (Day Trading)", "Long NQ", coach="d")
        before, after = (CHANGED, FIRST) if CHANGED in shown.text else (FIRST, CHANGED)
        card = await self._look("its card still stands in the channel", before)
        await self._edit(card, before, after, "#")
        await self._read("Coach D")

    async def _edit(self, card: Seen, before: str, after: str, *expected: str) -> None:
        """Edit the plan from its card, which then shows the new text."""
        dana = self._stage.dana
        form = await self._step(dana, "presses Edit on the card", dana.click(card, "Edit"), before)
        await self._step(dana, "changes the text and sends it", dana.submit(form, Plan=after), "Edited", *expected)
        await self._look_again(card, "the same card shows the new text", after, *expected)

    async def _add_charts(self, card: Seen) -> None:
        dana = self._stage.dana
        pictures = {f"chart{number}": Upload(f"nq-{number}.png", candles(number)) for number in (1, 2)}
        adding = self._done(dana.slash("chart add", **pictures), "2 charts added")
        await self._step(dana, "types /chart add and adds two pictures", adding, "2 charts added")
        await self._look_again(card, "the same card shows the charts", CHANGED, "#3")

    async def _press_buttons(self, card: Seen) -> None:
        """Use what stands below a card: for everyone its history, for those who may delete it a way to do so."""
        mia, max_ = self._stage.mia, self._stage.max
        history = mia.click(card, "Changed 2 times")
        await self._step(mia, "presses Changed 2 times on the card", history, "3 revisions")
        of_ivan = await self._stage.shows(INTRADAY)
        deleting = max_.click(of_ivan, "Delete")
        asked = await self._step(max_, "presses Delete on Ivan's card", deleting, "Delete Coach I")
        await self._step(max_, "presses Cancel", max_.click(asked, "Cancel"), "Canceled")

    async def _save_message(self) -> None:
        ivan = self._stage.ivan
        form = await self._step(
            ivan,
            f"writes into the channel: {TOMORROW}; opens its Apps menu and chooses Save as plan",
            ivan.message_action("Save as plan", ivan.send(TOMORROW)),
            TOMORROW,
        )
        sending = ivan.submit(form, Day="tomorrow")
        await self._step(ivan, "changes the day to tomorrow and sends the form", sending, "Posted: Coach I")
        await self._look("the plan says where it is from", TOMORROW, "Saved from")

    async def _read(self, *coaches: str) -> None:
        mia = self._stage.mia
        await self._type(mia, "plan show", "Long NQ", "#", coach="d")
        await self._type(mia, "plan list", "plan", *coaches)

    async def _type(self, who: Person, path: str, *expected: str, **options: str | int) -> Seen:
        """Let somebody type a command, as it can be typed on the page."""
        words = " ".join([f"/{path}", *(f"{name}:{value}" for name, value in options.items())])
        answer = self._done(who.slash(path, **options), expected[0])
        return await self._step(who, f"types {words}", answer, *expected)

    async def _done(self, act: Awaitable[Seen], word: str) -> Seen:
        """A receipt once it says the word: it tells before how far the work is."""
        receipt = await act
        if receipt.interaction and not receipt.form:
            with contextlib.suppress(TimeoutError):
                await receipt.interaction.until(lambda: word in receipt.text)
        return receipt

    async def _look(self, why: str, *expected: str) -> Seen:
        """Let a member look at the channel until it shows a message with all that is expected."""
        return await self._step(self._stage.mia, f"looks: {why}", self._stage.shows(*expected), *expected)

    async def _look_again(self, card: Seen, why: str, *expected: str) -> None:
        """The same for a card that was seen before, which is to be changed and not to be posted anew."""
        seen = await self._stage.shows(*expected)
        missing = [] if seen.message is card.message else ["the message of before"]
        self._tell(self._stage.mia, f"looks: {why}", seen, missing)

    async def _step(self, who: Person, does: str, act: Awaitable[Seen], *expected: str) -> Seen:
        seen = await act
        there = seen.text + "".join(field.value for field in seen.form.fields) if seen.form else seen.text
        self._tell(who, does, seen, [words for words in expected if words not in there])
        return seen

    def _tell(self, who: Person, does: str, seen: Seen, missing: list[str]) -> None:
        self._screen.show(who, does, seen, missing)
        self.steps += 1
        self.surprises += bool(missing)

    def _is_kept(self) -> bool:
        return bool(self._stage.mia.see())


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """The wishes of the one who tries the bot."""

    keep: bool = False
    """Keep the data, and use the data kept last time."""
    port: int | None = None
    """Of the page; None: the usual or any free one."""
    once: bool = False
    """Stop after the tour."""
    opens_browser: bool = True


async def take_tour(write: Callable[[str], None], wish: Wish) -> int:
    """Set the stage, take the tour, and stay up until Ctrl-C; the exit status. Let `write` tell of it."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    playing = asyncio.create_task(_play(write, wish, told))
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


async def _play(write: Callable[[str], None], wish: Wish, told: asyncio.Event) -> int:
    screen = Screen(write, str)
    try:
        async with stage(keep=wish.keep, port=wish.port) as on, on.bot():
            screen = Screen(write, on.person_named)
            tour = Tour(on, screen)
            await tour.take()
            screen.say(_verdict(tour))
            if not wish.once:
                screen.say(f"Use the bot by hand: [bold]{on.address}[/]. Its log is {on.log}.")
                if wish.opens_browser:
                    _open_browser(on.address)
                screen.say("Press Ctrl-C to stop." + ("" if wish.keep else " KEEP=1 keeps the data for the next time."))
                await told.wait()
    except (StageError, CouldNotError, NoAnswerError) as error:
        screen.say(f"[red]The tour was broken off:[/] {escape(str(error))}")
        return 1
    if wish.keep:
        screen.say(f"Kept in {KEPT}: make try KEEP=1 goes on from here.")
    return 1 if tour.surprises else 0


def _open_browser(address: str) -> None:
    """Show the page in the browser, where there is one and somebody is looking."""
    has_screen = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    if has_screen and sys.stdout.isatty() and not os.environ.get("CI"):
        webbrowser.open(address)


def _verdict(tour: Tour) -> str:
    if tour.surprises:
        return f"[red]{tour.surprises} of {tour.steps} steps were not as expected.[/]"
    return f"[green]All {tour.steps} steps were as expected.[/]"
