"""Statistics, health and backups, for server managers."""

import datetime
from collections.abc import Sequence
from typing import Final

import hikari

from bot.domain.counts import count_of
from bot.domain.values import (
    MAX_COUNTED,
    Activity,
    BackupResult,
    BackupState,
    CoachStatistics,
    Connection,
    Health,
    LackingCard,
    LackingPicture,
    Statistics,
    StorageSize,
    StrayMessage,
    Waiting,
    WriteButton,
    WriteProbe,
)
from bot.replies import layout
from bot.replies.layout import Reply
from bot.replies.phrases import limited, message_address, named, note
from bot.replies.receipts import NOTHING_LACKING, Lacking, card_problems
from bot.replies.setup import deleted_button

_MAX_COACHES: Final = 10
"""In the text; `/admin stats coach` has each."""
_NAME: Final = 60
_MAX_PICTURES: Final = 5
_MAX_STRAYS: Final = 5
_WHY: Final = 300
"""Characters of what Discord says."""
_MORE: Final = "\n- There is more than fits here. Look again when these are solved."
_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB")


def statistics(totals: Statistics) -> Reply:
    """Return the statistics as text, with a chart of them if there is one."""
    shown = totals.coaches[:_MAX_COACHES]
    lines = [_coach_line(each) for each in shown]
    if len(totals.coaches) > len(shown):
        lines.append(f"-# and {len(totals.coaches) - len(shown)} more: choose one with the option coach")
    if len(totals.coaches) > 1:
        lines.append(f"**Total:** {_activity(totals.ever)}")
    block = layout.container(layout.LIVE, "### Statistics")
    if totals.picture:
        picture = hikari.Bytes(totals.picture, "weeks.png", mimetype="image/png")
        block.add_component(layout.gallery([layout.Picture(picture, "A chart of the last weeks.")]))
    elif totals.first_active_week is not None:
        block.add_text_display("-# The chart could not be drawn this time.")
    block.add_text_display("\n".join(lines) or "There are no coaches.")
    block.add_text_display(_weeks(totals))
    if totals.size:
        block.add_text_display(f"-# {_size_line(totals.size)}")
    return layout.private([block])


def health(
    state: Health,
    connection: Connection,
    lacking: Lacking = NOTHING_LACKING,
    clock_error: datetime.timedelta | None = None,
    button: WriteButton | None = None,
) -> Reply:
    """Show the bot's health; `clock_error` is how far the machine's clock is ahead of Discord's, None: it is right."""
    above = [
        f"### {_verdict(state, connection, clock_error)}",
        f"**Discord:** {_connected(connection)}",
        *_clock(clock_error),
        *_outage(connection),
        *_not_deployed(connection),
        *_answered_elsewhere(connection),
        f"**Database:** {_written(state.database)}",
        f"**Pictures:** {_written(state.pictures)}",
        f"**Free disk space:** {_free(state)}",
        *_reserve(state),
        f"**In progress:** {_in_progress(connection, state.waiting)}",
        *_queued(state.waiting),
        *_missing_years(state.missing_years),
        *deleted_button(button),
    ]
    below = [
        f"**Last backup:** {_backups(state.backups)}",
        f"**Versions:** {', '.join(f'{name} {version}' for name, version in state.versions)}",
        f"**Running since** {layout.timestamp(state.started_at)} ({layout.timestamp(state.started_at, 'R')})",
    ]
    room = layout.MESSAGE_TEXT - layout.units("\n".join([*above, "", *below]))
    lines = [*above, _cards(state, lacking, room), *below]
    if None in (state.database.milliseconds, state.pictures.milliseconds) or state.is_disk_nearly_full or clock_error:
        return layout.private([layout.container(layout.REFUSED, "\n".join(lines))])
    return note("\n".join(lines))


def _verdict(state: Health, connection: Connection, clock_error: datetime.timedelta | None) -> str:
    """Return `All well`, or the parts that need attention."""
    waiting = state.waiting
    checks = (
        ("Discord", connection.since is None),
        ("clock", clock_error is not None),
        ("commands", connection.deployment.failure is not None),
        ("another process", connection.answered_elsewhere > 0),
        ("database", state.database.milliseconds is None or waiting.cards is None),
        ("pictures", state.pictures.milliseconds is None or state.is_disk_nearly_full),
        ("queued changes", waiting.queued > 0),
        ("calendar", bool(state.missing_years)),
        ("cards", bool(waiting.cards or state.unverified or state.card_problems or state.lacking or state.strays)),
        ("backups", state.backups.is_failing or not state.backups.is_known),
    )
    wrong = [name for name, is_wrong in checks if is_wrong]
    return f"Not all well: {', '.join(wrong)}" if wrong else "All well"


def _coach_line(each: CoachStatistics) -> str:
    retired = " (retired)" if each.coach.is_retired else ""
    deleted = f", {count_of(each.deleted, 'plan')} deleted" if each.deleted else ""
    name = layout.escape(layout.cut(each.coach.name, _NAME))
    return f"**{layout.escape(each.coach.key)}** {name}{retired}: {_activity(each.ever)}{deleted}"


def _activity(done: Activity) -> str:
    counts = ((done.plans, "plan"), (done.charts, "chart"), (done.edits, "edit"))
    return ", ".join(count_of(number, what) for number, what in counts)


def _weeks(totals: Statistics) -> str:
    rows = [f"{'week':<8} {'plans':>6} {'charts':>6} {'edits':>6}"]
    start = totals.first_active_week or 0
    for monday, done in zip(totals.mondays[start:], totals.weeks[start:], strict=True):
        year, week, _ = monday.isocalendar()
        rows.append(f"{year}-W{week:02} {done.plans:>6} {done.charts:>6} {done.edits:>6}")
    return "```\n" + "\n".join(rows) + "\n```"


def _size_line(size: StorageSize) -> str:
    return f"On disk, for all servers: database {_bytes(size.database)}, pictures {_bytes(size.pictures)}."


def _connected(connection: Connection) -> str:
    since = f"connected since {layout.timestamp(connection.since)}" if connection.since else "not connected"
    latency = "no heartbeat yet" if connection.latency is None else f"heartbeat {connection.latency * 1000:.0f} ms"
    return f"{since}, {latency}"


def _clock(error: datetime.timedelta | None) -> list[str]:
    if error is None:
        return []
    size, way = abs(error), "ahead of" if error > datetime.timedelta() else "behind"
    off = count_of(size.days, "day") if size.days else count_of(round(size.total_seconds()), "second")
    return [f"**Clock:** {off} {way} Discord’s. Set the clock of the bot’s machine."]


def _outage(connection: Connection) -> list[str]:
    if not (outage := connection.outage):
        return []
    ended = f"to {layout.timestamp(outage.ended_at)}" if outage.ended_at else "until now"
    return [f"**Last outage:** no connection from {layout.timestamp(outage.began_at)} {ended}"]


def _not_deployed(connection: Connection) -> list[str]:
    deployment = connection.deployment
    if not deployment.failure:
        return []
    retry = f" Next try {layout.timestamp(deployment.retry_at, 'R')}." if deployment.retry_at else ""
    why = layout.escape(layout.cut(deployment.failure, _WHY))
    return [f"**Commands are not up to date:** Discord rejected them: {why}.{retry}"]


def _answered_elsewhere(connection: Connection) -> list[str]:
    if not (count := connection.answered_elsewhere):
        return []
    answered = f"{count_of(count, 'interaction')} in the last hour"
    return [f"**Another process is answering for this bot:** {answered}. Stop it, or give each its own token."]


def _written(probe: WriteProbe) -> str:
    if probe.milliseconds is None:
        return f"can’t be written ({probe.why}). Tell the bot’s operators."
    return f"written in {probe.milliseconds:.1f} ms"


def _free(state: Health) -> str:
    return f"{_bytes(state.free_for_database)} for the database, {_bytes(state.free_for_pictures)} for pictures"


def _reserve(state: Health) -> list[str]:
    if not state.is_disk_nearly_full:
        return []
    reserved = f"the last {_bytes(state.reserve)} of disk space are reserved for texts, which are still saved"
    return [f"**Pictures are refused:** {reserved}. Free some space, or tell the bot’s operators."]


def _in_progress(connection: Connection, waiting: Waiting) -> str:
    parts = [
        f"{count_of(connection.in_flight, 'interaction')} (with this one)",
        f"{count_of(waiting.writes, 'database write')}, {count_of(waiting.reads, 'database read')}",
        f"{count_of(waiting.pictures, 'picture')} downloading",
    ]
    if waiting.drafts is not None:
        parts.append(f"{_counted(waiting.drafts, 'draft')} waiting for pictures")
    return ", ".join(parts)


def _counted(number: int, what: str) -> str:
    """Return a count of waiting work in words."""
    return f"{'at least ' if number == MAX_COUNTED else ''}{count_of(number, what)}"


def backed_up(taken: BackupResult) -> Reply:
    """Say what is in a new backup."""
    pictures = count_of(taken.pictures, "picture")
    lines = [
        f"Backup verified: `{taken.name}`, {_bytes(taken.size)}.",
        f"It holds {count_of(taken.plans, 'plan')}, {count_of(taken.revisions, 'revision')}, {pictures}.",
    ]
    if taken.proved < taken.plans:
        lines.append(f"Plans changed since the last backup: {taken.proved:,}. Their histories were proved again.")
    if not taken.is_index_sound:
        lines.append("The index of `/plan search` was damaged and is being rebuilt. No plan is affected.")
    if taken.missing:
        lines.append(f"Left out, missing or altered: {count_of(taken.missing, 'picture')}.")
    if taken.unreadable:
        hidden = count_of(taken.unreadable, "picture")
        lines.append(f"Left out, can’t be read right now: {hidden}. Make another backup later.")
    return note("\n".join(lines))


def _backups(state: BackupState) -> str:
    last = f"{layout.timestamp(state.last)} ({layout.timestamp(state.last, 'R')})" if state.last else "none"
    last = last if state.is_known else "unknown: the backup folder can’t be read right now"
    failing = "; the last attempt failed, see the log" if state.is_failing else ""
    return last + failing + ("" if state.is_scheduled else "; automatic backups are off")


def _queued(waiting: Waiting) -> list[str]:
    if not waiting.queued:
        return []
    memory = f", {waiting.queued_in_memory:,} only in memory" if waiting.queued_in_memory else ""
    return [f"**Queued, not saved yet:** {count_of(waiting.queued, 'change')}{memory}"]


def _missing_years(years: Sequence[int]) -> list[str]:
    if not years:
        return []
    return [f"**Calendar:** the sessions of {' and '.join(map(str, years))} are not known. The bot tries each hour."]


def _cards(state: Health, lacking: Lacking, room: int) -> str:
    """Return the state of the cards, with as many problems as fit, in units."""
    text = f"**Cards:** {_state_of_cards(state)}"
    wrong = [*card_problems(state.card_problems, lacking), *_lacking(state.lacking), *_strays(state.strays)]
    for line in wrong:
        longer = f"{text}\n- {line}"
        if layout.units(f"{longer}{_MORE}") > room:
            return f"{text}{_MORE}"
        text = longer
    return text


def _state_of_cards(state: Health) -> str:
    waiting = state.waiting.cards
    if waiting is None:
        return "unknown"
    states = [f"{_counted(waiting, 'card')} waiting to be updated"] if waiting else []
    if state.unverified:
        states.append(f"{count_of(state.unverified, 'card')} being checked after changes in Discord")
    return "; ".join(states) or "all up to date"


def _strays(messages: Sequence[StrayMessage]) -> list[str]:
    """Return a sentence for each of the first messages that only look like cards."""
    return limited([_stray(each) for each in messages], _MAX_STRAYS)


def _stray(message: StrayMessage) -> str:
    address = message_address(message.guild_id, message.channel_id, message.message_id)
    what_to_do = "It is being deleted." if message.is_removable else "Delete it if you don’t need it."
    return f"A message looks like a plan’s card, but is not: {address}. {what_to_do}"


def _lacking(cards: Sequence[LackingCard]) -> list[str]:
    """Return a sentence for each of the first pictures that cards wait for."""
    lines = [f"{named(card.plan)}: {_lacking_picture(each)}" for card in cards for each in card.pictures]
    return limited(lines, _MAX_PICTURES, "more such pictures")


def _lacking_picture(picture: LackingPicture) -> str:
    name = layout.escape(layout.cut(picture.filename, _NAME))
    return f"{name} {layout.escape(picture.why)}. Coachbook keeps looking for it."


def _bytes(size: int | None) -> str:
    """Return the size in words: `1.4 MiB`."""
    if size is None:
        return "unknown"
    value, unit = float(size), _UNITS[0]
    for larger in _UNITS[1:]:
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{size:,} bytes" if unit == _UNITS[0] else f"{value:.1f} {unit}"
