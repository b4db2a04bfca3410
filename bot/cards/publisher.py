"""The publisher: makes the cards in Discord equal to the database.

Pending work is in the table `cards`, written by the transactions that change the plans, so it survives a kill. Each
channel with work has a worker of its own: a channel that hangs or is closed delays no other. A worker reads the plan
right before it sends it, so quick changes become one. Cards that people just changed go first; renewals, such as a
coach's new name on all its cards, take the rest of Discord's limits. In a channel where cards failed, one of them is
retried, and the others when it succeeds.
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
from bot.cards.pacing import Now, Pacing
from bot.cards.queue import ChannelQueue
from bot.cards.retry_pauses import RetryPauses, backoff
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Card, CardId, ChannelId, GuildId, MessageId, Plan
from bot.service.cards import CardService

POLL_SECONDS: Final = 5.0
"""Between two readings of the table without a nudge."""
MAX_REQUESTS: Final = 8
"""Requests in progress."""
RENEWALS_AT_ONCE: Final = 4
"""Channels in which cards are renewed at a time."""
MAX_DELETED: Final = 1000
"""Deleted messages in memory, for cards that are deleted before their posting is recorded."""

_log = structlog.get_logger(__name__)

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


class Publisher:
    """Posts, edits and reposts the messages that show plans."""

    def __init__(self, cards: CardService, sleep: Sleep = asyncio.sleep, now: Now = time.monotonic) -> None:
        self._cards = cards
        self._sleep = sleep
        self._now = now
        self._messages: CardMessages | None = None
        self._watching: asyncio.Task[None] | None = None
        self._workers: dict[ChannelId, asyncio.Task[None]] = {}
        self._queues: dict[ChannelId, ChannelQueue] = {}
        self._slots = asyncio.Semaphore(MAX_REQUESTS)
        self._nudged = asyncio.Event()
        self._attempted = asyncio.Event()
        self._pacing = Pacing(now)
        self._retry_pauses = RetryPauses()
        self._is_stopping = False
        self._deleted: deque[MessageId] = deque(maxlen=MAX_DELETED)

    def start(self, messages: CardMessages) -> None:
        """Start publishing."""
        self._messages = messages
        self._watching = asyncio.create_task(self._watch())

    async def stop(self, seconds: float) -> None:
        """Stop publishing; requests in progress have so many seconds to end."""
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
        """End all waits for cards, as the bot is stopping."""
        self._is_stopping = True
        self._notify_waiters()

    def nudge(self) -> None:
        """Have the table read now."""
        self._nudged.set()

    async def settled(self, plan: Plan, seconds: float) -> Card | None:
        """Return the plan's card, if any, once it shows the plan or has failed, at the latest after so many seconds."""
        self.nudge()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    attempted = self._attempted
                    card = await self._cards.card(plan.id)
                    if card is None or card.is_settled or self._is_stopping:
                        return card
                    await attempted.wait()
        return await self._cards.card(plan.id)

    async def deleted(self, messages: Collection[MessageId]) -> None:
        """Have the cards of deleted messages posted again or ended, as the guild's setting says."""
        self._deleted.extend(messages)
        if await self._cards.messages_deleted(messages):
            self.nudge()

    async def reopened(self, guilds: Collection[GuildId], channels: Collection[ChannelId] = ()) -> None:
        """Retry failed cards in these guilds and channels, as a change there may have removed the cause."""
        failing = await self._cards.failing_channels(guilds, channels)
        busy = [each for each in self._queues if guilds or each in channels]
        pauses = {each: self._retry_pauses.event(each, self._now()) for each in {*failing, *busy}}
        if due := {each: pause for each in failing if (pause := pauses[each]) is not None}:
            await self._cards.retry(due)
            self.nudge()

    async def verify(self, channel_id: ChannelId, cards: Collection[Card]) -> None:
        """Verify the cards of a channel, to notice messages that were deleted without an event.

        Raises:
            DatabaseUnavailableError: a deletion could not be recorded.
            CardError: the channel could not be read.
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
                await self._dispatch()
            except DatabaseUnavailableError as error:
                _log.error("cards not read", why=error.reason)
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

    async def _dispatch(self) -> None:
        """Put the pending cards into the queues of their channels."""
        pending = await self._cards.pending()
        for rank, (card_id, channel_id) in enumerate(pending):
            self._queue(channel_id).put(card_id, rank)
        for channel_id, cards in (await self._cards.retries()).items():
            if not any(each in self._queues.get(channel_id, ()) for each in cards):
                self._queue(channel_id).put(random.choice(cards), len(pending))  # noqa: S311 - one that fails blocks no other
        if self._has_room_for_renewal():
            channels = await self._cards.renewable_channels()
            for channel_id in sorted(channels, key=self._pacing.last_sent):
                await self._renew_in(channel_id, len(pending))

    async def _renew_in(self, channel_id: ChannelId, rank: int) -> None:
        """Queue the next renewal of a channel, where there is room for one."""
        has_renewal = channel_id in self._queues and self._queues[channel_id].has_renewal
        if self._has_room_for_renewal() and not has_renewal and (card := await self._cards.renewal(channel_id)):
            self._queue(channel_id).put(card, rank, is_renewal=True)

    def _has_room_for_renewal(self) -> bool:
        return sum(each.has_renewal for each in self._queues.values()) < RENEWALS_AT_ONCE

    def _queue(self, channel_id: ChannelId) -> ChannelQueue:
        """Return the channel's queue, and start its worker if there is none."""
        if channel_id not in self._workers:
            self._queues[channel_id] = ChannelQueue()
            self._workers[channel_id] = asyncio.create_task(self._work(channel_id))
        return self._queues[channel_id]

    async def _work(self, channel_id: ChannelId) -> None:
        """Update the cards of a channel until its queue is empty."""
        queue = self._queues[channel_id]
        failures = 0
        try:
            while queue:
                now = self._now()
                card = queue.first(lambda each: self._pacing.ready_at(channel_id, each), now)
                if (ready_at := self._pacing.ready_at(channel_id, card)) > now:
                    await self._wait(queue, ready_at - now)
                    continue
                try:
                    async with self._slots:
                        await self._update(card.card_id)
                except PauseError as pause:
                    await self._pause(pause)
                except UncertainError as error:
                    _log.warning("card not posted", card_id=card.card_id, why=str(error))
                    failures += 1
                except DatabaseUnavailableError as error:
                    _log.warning("card not posted", card_id=card.card_id, why=error.reason)
                    failures += 1
                except Exception as error:  # noqa: BLE001 - one failing card stops no other
                    _log.error("card failed", card_id=card.card_id, exc_info=error)
                    failures += 1
                else:
                    failures = 0
                    queue.remove(card.card_id)
                self._pacing.note_sent(channel_id)
                self._notify_waiters()
                if failures and card.card_id in queue:
                    card.failures += 1
                    await self._sleep(backoff(failures) * random.uniform(0.8, 1.0))  # noqa: S311 - channels retry apart
        finally:
            del self._workers[channel_id], self._queues[channel_id]

    async def _update(self, card_id: CardId) -> None:
        """Make the card show the plan as it is now."""
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
                is_whole = work.tried_at is None  # a nonce may return the message of an earlier try
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
            self._pacing.note_shown(card_id)
            await self._cards.shown(work, made.message_id, is_whole=is_whole, lacking=made.lacking)
            if made.lacking:
                pictures = [str(each) for each in made.lacking]
                _log.warning("pictures of a card missing", card_id=card_id, plan_id=work.plan.id, pictures=pictures)
            if made.message_id in self._deleted:
                await self._cards.messages_deleted([made.message_id])
        self.nudge()

    async def _retry_later(self, card: Card, begun: float) -> None:
        """Schedule a retry in the channel if an event that may have opened it came during the request."""
        is_retry = card.failure is not None
        pause = self._retry_pauses.failed(card.channel_id, begun, self._now(), is_retry=is_retry)
        if pause is not None:
            await self._cards.retry({card.channel_id: pause})

    async def _wait(self, queue: ChannelQueue, seconds: float) -> None:
        """Wait so long, or until another card is queued for the channel."""
        queue.arrival.clear()
        waiting = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(queue.arrival.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()

    async def _pause(self, pause: PauseError) -> None:
        _log.warning("rate limited", seconds=pause.seconds, is_for_all=pause.is_for_all)
        if pause.is_for_all:
            self._pacing.pause(pause.seconds)
        await self._sleep(pause.seconds)

    def _notify_waiters(self) -> None:
        self._attempted.set()
        self._attempted = asyncio.Event()
