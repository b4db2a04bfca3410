"""The publisher: keeps the cards in Discord equal to the book.

What is to be done stands in the table `cards`, written by the same transactions that change the plans, so nothing is
forgotten over a kill. Each channel has a worker of its own while there is work: one that hangs or is closed holds up no
other. A worker reads the plan right before it sends it, so that changes that come quickly become one. What people just
did goes first; renewals that nobody asked for, such as a coach's new name on all its cards, take what Discord's limits
leave. Of what failed in a channel one card is tried, and the others when that succeeds.
"""

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from typing import Final, TypeAlias

import structlog

from bot.cards.messages import CardMessages, NoMessageError, PauseError, RefusedError, UncertainError
from bot.cards.queue import ChannelQueue, Waiting
from bot.cards.retry_pauses import RetryPauses
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Card, CardId, ChannelId, GuildId, MessageId, Plan
from bot.service.cards import CardService

POLL_SECONDS: Final = 5.0
"""How often the table is looked at though nobody said that there is work."""
BURST: Final = 5
"""How often a card is changed at once in `BURST_SECONDS`; what changes after that is shown together.

Discord takes about five edits in 5 s in a channel.
"""
BURST_SECONDS: Final = 5.0
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""Seconds between tries while Discord does not answer: twice as long each time, up to this."""
AT_ONCE: Final = 8
"""Requests under way."""
RENEWALS_AT_ONCE: Final = 4
"""Channels in which cards are renewed at a time."""
RENEWAL_SECONDS: Final = 1.5
"""Between a request in a channel and a renewal there: a third of what Discord takes stays free for people."""
REMEMBERED: Final = 1000
"""Deletions that are remembered, for cards whose making was not recorded yet when they were deleted."""

_log = structlog.get_logger(__name__)

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Now: TypeAlias = Callable[[], float]
"""Seconds of a clock that only goes forward."""


class Publisher:
    """Makes, changes and puts back the messages that show plans."""

    def __init__(self, cards: CardService, sleep: Sleep = asyncio.sleep, now: Now = time.monotonic) -> None:
        self._cards = cards
        self._sleep = sleep
        self._now = now
        self._messages: CardMessages | None = None
        self._watching: asyncio.Task[None] | None = None
        self._workers: dict[ChannelId, asyncio.Task[None]] = {}
        self._queues: dict[ChannelId, ChannelQueue] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._nudged = asyncio.Event()
        self._turn = asyncio.Event()
        self._shown: dict[CardId, deque[float]] = {}
        self._sent: dict[ChannelId, float] = {}
        self._retry_pauses = RetryPauses()
        self._paused_until = 0.0
        self._is_stopping = False
        self._deleted: deque[MessageId] = deque(maxlen=REMEMBERED)

    def start(self, messages: CardMessages) -> None:
        """Begin to work."""
        self._messages = messages
        self._watching = asyncio.create_task(self._watch())

    async def stop(self, seconds: float) -> None:
        """Let requests under way end for so long, and work no more."""
        self.end_waits()
        watching = [self._watching] if self._watching else []
        for each in watching:
            each.cancel()
        for queue in self._queues.values():
            queue.clear()
        workers = list(self._workers.values())
        if workers:
            await asyncio.wait(workers, timeout=seconds)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, *watching, return_exceptions=True)

    def end_waits(self) -> None:
        """Let nobody wait for a card any more: the bot is being stopped."""
        self._is_stopping = True
        self._tell()

    def nudge(self) -> None:
        """Say that there is work."""
        self._nudged.set()

    async def settled(self, plan: Plan, seconds: float) -> Card | None:
        """The plan's card, once it shows the plan or can't, or as it is after so many seconds; None: it has none."""
        self.nudge()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    turn = self._turn
                    card = await self._cards.card(plan.id)
                    if card is None or card.is_settled or self._is_stopping:
                        return card
                    await turn.wait()
        return await self._cards.card(plan.id)

    async def deleted(self, messages: Collection[MessageId]) -> None:
        """Say that messages were deleted, by whomever."""
        self._deleted.extend(messages)
        if await self._cards.messages_deleted(messages):
            self.nudge()

    async def reopened(self, guild_id: GuildId, channel_id: ChannelId | None = None) -> None:
        """Say that something changed in a guild, or in one channel, that may have kept cards from being shown."""
        failing = await self._cards.failing_channels(guild_id, channel_id)
        busy = [each for each in self._queues if channel_id in (None, each)]
        pauses = {each: self._retry_pauses.event(each, self._now()) for each in {*failing, *busy}}
        seconds = {each: pauses[each] for each in failing}
        due = {each: pause for each, pause in seconds.items() if pause is not None}
        if due:
            await self._cards.retry(due)
            self.nudge()

    async def look(self, channel_id: ChannelId, cards: Collection[Card]) -> None:
        """Look for these cards in their channel: those that were deleted while nobody watched are noticed now.

        Raises:
            DatabaseUnavailableError: what was seen could not be noted.
            CardError: it could not be seen.
        """
        while True:
            try:
                async with self._slots:
                    missing = await self._discord.missing(channel_id, cards)
                break
            except PauseError as pause:
                await self._pause(pause)
        if missing:
            await self.deleted(missing)

    async def _watch(self) -> None:
        while True:
            self._nudged.clear()
            try:
                await self._hand_out()
            except DatabaseUnavailableError as error:
                _log.error("cards not read", why=str(error))
            except Exception as error:  # noqa: BLE001 - the next reading must come
                _log.error("reading cards failed", exc_info=error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):  # Python 3.11's wait_for can lose a cancellation
                    await self._nudged.wait()

    @property
    def _discord(self) -> CardMessages:
        if self._messages is None:
            raise RuntimeError("the publisher was not started")
        return self._messages

    async def _hand_out(self) -> None:
        """Give the channels' workers the cards that are due now."""
        rank = 0
        for card_id, channel_id in await self._cards.pending():
            self._queue(channel_id).put(card_id, rank)
            rank += 1
        for channel_id, cards in (await self._cards.retries()).items():
            if not any(each in self._queues.get(channel_id, ()) for each in cards):
                self._queue(channel_id).put(random.choice(cards), rank)  # noqa: S311 - one that fails blocks no other
        if self._spare_places():
            renewals = await self._cards.renewals()
            for card_id, channel_id in sorted(renewals, key=lambda each: self._sent.get(each[1], 0.0)):
                if self._spare_places() and not self._queue(channel_id).has_renewal:
                    self._queue(channel_id).put(card_id, rank, is_renewal=True)

    def _spare_places(self) -> int:
        return RENEWALS_AT_ONCE - sum(each.has_renewal for each in self._queues.values())

    def _queue(self, channel_id: ChannelId) -> ChannelQueue:
        """Return the channel's queue, with a worker."""
        if channel_id not in self._workers:
            self._queues[channel_id] = ChannelQueue()
            self._workers[channel_id] = asyncio.create_task(self._work(channel_id))
        return self._queues[channel_id]

    async def _work(self, channel_id: ChannelId) -> None:
        """Bring the cards of a channel up to date until none is left."""
        queue = self._queues[channel_id]
        failures = 0
        try:
            while queue:
                now = self._now()
                card = queue.first(lambda each: self._ready_at(channel_id, each), now)
                if (until := max(self._ready_at(channel_id, card), self._paused_until)) > now:
                    await self._rest(queue, until - now)
                    continue
                try:
                    async with self._slots:
                        await self._bring_up(card.card_id)
                except PauseError as pause:
                    await self._pause(pause)
                except (UncertainError, DatabaseUnavailableError) as error:
                    _log.warning("card not posted", card_id=card.card_id, why=str(error))
                    failures += 1
                except Exception as error:  # noqa: BLE001 - one card that can't be shown stops no other
                    _log.error("card failed", card_id=card.card_id, exc_info=error)
                    failures += 1
                else:
                    failures = 0
                    queue.remove(card.card_id)
                self._sent[channel_id] = self._now()
                self._tell()
                if failures and card.card_id in queue:
                    card.failures += 1
                    await self._sleep(_backoff(failures))
        finally:
            del self._workers[channel_id], self._queues[channel_id]

    async def _bring_up(self, card_id: CardId) -> None:
        """Let the card show the newest that there is to show."""
        work = await self._cards.begin(card_id)
        if work is None:
            return
        begun = self._now()
        try:
            message_id = work.card.message_id
            if message_id is None and work.tried_at:
                message_id = await self._discord.find(work, work.tried_at)
            if message_id is None:
                made = await self._discord.create(work)
                is_whole = work.tried_at is None  # else it may be what an earlier try made of the nonce
            else:
                made = await self._discord.edit(work, message_id)
                is_whole = True
        except PauseError:
            await self._cards.not_tried(work)
            raise
        except NoMessageError:
            await self._cards.message_deleted(work)
        except RefusedError as refusal:
            _log.warning("card rejected", card_id=card_id, failure=refusal.failure, why=str(refusal))
            await self._cards.failed(work, refusal.failure)
            await self._retry_later(work.card, begun)
        else:
            self._retry_pauses.succeeded(work.card.channel_id)
            self._note_shown(card_id)
            await self._cards.shown(work, made.message_id, is_whole=is_whole, lacking=made.lacking)
            if made.lacking:
                pictures = [str(each) for each in made.lacking]
                _log.warning("pictures of a card missing", card_id=card_id, plan_id=work.plan.id, pictures=pictures)
            if made.message_id in self._deleted:
                await self._cards.messages_deleted([made.message_id])
        self.nudge()

    async def _retry_later(self, card: Card, begun: float) -> None:
        """Have the channel tried again if something that may have opened it happened while the card was refused."""
        is_retry = card.failure is not None
        pause = self._retry_pauses.failed(card.channel_id, begun, self._now(), is_retry=is_retry)
        if pause is not None:
            await self._cards.retry({card.channel_id: pause})

    async def _rest(self, queue: ChannelQueue, seconds: float) -> None:
        """Wait so long, or until another card is to be shown in the channel."""
        queue.arrival.clear()
        waiting = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(queue.arrival.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()

    def _ready_at(self, channel_id: ChannelId, card: Waiting) -> float:
        """Return the moment from which a card may be sent."""
        times = self._shown.get(card.card_id, ())
        rested = times[0] + BURST_SECONDS if len(times) == BURST else 0.0
        if card.is_renewal and channel_id in self._sent:
            rested = max(rested, self._sent[channel_id] + RENEWAL_SECONDS)
        return rested

    async def _pause(self, pause: PauseError) -> None:
        _log.warning("rate limited", seconds=pause.seconds, is_for_all=pause.is_for_all)
        if pause.is_for_all:
            self._paused_until = max(self._paused_until, self._now() + pause.seconds)
        await self._sleep(pause.seconds)

    def _note_shown(self, card_id: CardId) -> None:
        now = self._now()
        self._shown = {each: times for each, times in self._shown.items() if times[-1] + BURST_SECONDS > now}
        self._shown.setdefault(card_id, deque(maxlen=BURST)).append(now)

    def _tell(self) -> None:
        """Wake those who wait for a card."""
        self._turn.set()
        self._turn = asyncio.Event()


def _backoff(failures: int) -> float:
    """Seconds until the next try, never all channels in the same moment."""
    return min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) * random.uniform(0.8, 1.0)  # noqa: S311
