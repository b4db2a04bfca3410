"""The settings of a guild, and the coaches that the configuration gives it."""

import dataclasses
import datetime
import json
from collections.abc import Sequence
from typing import Any

from bot.domain.clock import Clock
from bot.domain.sessions import Exchange
from bot.domain.values import (
    Actor,
    Audience,
    ChannelId,
    CoachId,
    CoachSeed,
    DeletedCards,
    GuildId,
    GuildSettings,
    Members,
    MessageId,
    Reader,
    RoleId,
    UserId,
    WriteButton,
)
from bot.domain.zones import today_in
from bot.service.readers import ChannelViews, Readers
from bot.service.records import cards as card_rows
from bot.service.records import members
from bot.service.records.sessions import CALENDAR_ROWS, calendar_of
from storage.cached_reads import cached_read
from storage.errors import StorageError
from storage.models import CoachRow, GuildSettingsRow
from storage.store import Store


class GuildService:
    """Creates each guild's settings and coaches, and applies changes of the configuration."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        seeds: Sequence[CoachSeed],
        timezone: str,
        views: ChannelViews,
        exchange: Exchange = Exchange.NYSE,
    ) -> None:
        """Use the time zone for guilds without one of their own; new guilds follow the exchange."""
        self._store = store
        self._readers = Readers(store, views)
        self._clock = clock
        self._seeds = {seed.key: seed for seed in seeds}
        self._timezone = timezone
        self.exchange = exchange
        self._ensured: dict[GuildId, int] = {}
        """The opening of the database in which each was: a backup that replaces it may not have the guild."""

    async def ensure_guild(self, guild_id: GuildId, *, is_replay: bool = False) -> None:
        """Make sure that the guild has settings and coaches; cheap after the first time.

        Changes of the configuration's list of coaches since it was last applied to this guild are
        applied: new coaches, new names, new and removed members. Nothing else is touched: changes of
        the guild's managers stay, and so does a coach removed from the list. One that they removed or retired comes
        back only when its own entry has changed. While the database can't be written, a guild that has its settings
        stays as it is. With `is_replay` the write goes first, as the act that it is for.
        """
        opened = self._store.opened
        if self._ensured.get(guild_id) == opened:
            return
        seed = await self._store.read_first(_seed_of, guild_id)
        if seed is None or _seeds_of(seed) != self._seeds:
            try:
                write = self._store.write_first if is_replay else self._store.write
                await write(self._apply, guild_id)
            except StorageError:
                if seed is None:
                    raise
                return
        self._ensured[guild_id] = opened

    async def add_missing(self, guild_id: GuildId) -> None:
        """Create the guild with its coaches, unless the database has it.

        This is for commands, whose configuration may not be that of the bot: only the bot changes guilds that exist.

        Raises:
            StorageError: the database can't be written.
        """
        await self._store.write(self._add_missing, guild_id)

    async def reader(self, actor: Actor) -> Reader:
        """Return the actor with the channels that they can see, for an act that reads plans.

        Raises:
            StorageError: the database can't be read.
        """
        return await self._readers.of(actor)

    def is_current(self, reader: Reader) -> bool:
        """Return whether the channels that were asked about are those of the guild now; inside a transaction."""
        return self._readers.is_current(reader)

    def today(self, actor: Actor) -> datetime.date:
        """Return the date in the actor's guild, when they act; to be called inside a transaction."""
        return today_in(self.timezone(actor.guild_id), actor.sent_at or self._clock())

    def timezone(self, guild_id: GuildId) -> str:
        """Return the name of the guild's time zone; to be called inside a transaction."""
        return _settings(guild_id).timezone or self._timezone

    def settings(self, guild_id: GuildId) -> GuildSettings:
        """Return the settings of the guild; to be called inside a transaction."""
        settings = _settings(guild_id)
        return settings if settings.is_timezone_own else dataclasses.replace(settings, timezone=self._timezone)

    def create(self, guild_id: GuildId) -> bool:
        """Create the guild with its coaches and return whether it is new; to be called inside a transaction."""
        is_new = _seed_of(guild_id) is None
        self._apply(guild_id)
        return is_new

    def _add_missing(self, guild_id: GuildId) -> None:
        if _seed_of(guild_id) is None:
            self._apply(guild_id)

    def _apply(self, guild_id: GuildId) -> None:
        settings = GuildSettingsRow.get_or_none(GuildSettingsRow.guild_id == guild_id)
        if settings is None:
            settings = GuildSettingsRow.create(
                guild_id=guild_id, seed="[]", created_at=self._clock(), exchange=self.exchange
            )
        before = _seeds_of(settings.seed)
        if before == self._seeds:
            return
        for key in sorted(before.keys() | self._seeds.keys()):
            self._apply_seed(guild_id, key, before.get(key), self._seeds.get(key))
        settings.seed = _json_of(self._seeds)
        settings.save()

    def _apply_seed(self, guild_id: GuildId, key: str, before: CoachSeed | None, seed: CoachSeed | None) -> None:
        if before == seed:
            return
        row = CoachRow.get_or_none((CoachRow.guild == guild_id) & (CoachRow.key == key))
        if seed and not row:
            row = CoachRow.create(guild=guild_id, key=key, name=seed.name, created_at=self._clock())
            before = None
        if not row:
            return
        if seed:
            row.retired_at = None
            if before and before.name == row.name != seed.name:
                row.name = seed.name
                card_rows.mark_coach_dirty(CoachId(row.id))
            row.save()
        members.assign(row, _members(seed) - _members(before))
        members.unassign(row, _members(before) - _members(seed))


@cached_read(*CALENDAR_ROWS)
def _settings(guild_id: int) -> GuildSettings:
    """Return the settings of the guild; without a time zone of its own, with none."""
    row = GuildSettingsRow.get_by_id(guild_id)
    return GuildSettings(
        timezone=row.timezone or "",
        is_timezone_own=row.timezone is not None,
        plans_channel_id=None if row.plans_channel_id is None else ChannelId(row.plans_channel_id),
        deleted_visible_to=Audience(row.deleted_visible_to),
        deleted_cards=DeletedCards(row.deleted_cards),
        calendar=calendar_of(guild_id),
        write_button=_write_button(row),
    )


def _write_button(row: GuildSettingsRow) -> WriteButton | None:
    if row.write_channel_id is None:
        return None
    message_id = row.write_message_id
    return WriteButton(ChannelId(row.write_channel_id), None if message_id is None else MessageId(message_id))


def _seed_of(guild_id: GuildId) -> str | None:
    """Return the configuration's coaches as they were last applied to the guild; None: they never were."""
    row = GuildSettingsRow.get_or_none(GuildSettingsRow.guild_id == guild_id)
    return None if row is None else row.seed


def _members(seed: CoachSeed | None) -> Members:
    return Members(seed.users, seed.roles) if seed else Members()


def _seeds_of(text: str) -> dict[str, CoachSeed]:
    listed: list[dict[str, Any]] = json.loads(text)
    return {
        seed["key"]: CoachSeed(
            seed["key"],
            seed["name"],
            frozenset(UserId(user) for user in seed["users"]),
            frozenset(RoleId(role) for role in seed["roles"]),
        )
        for seed in listed
    }


def _json_of(seeds: dict[str, CoachSeed]) -> str:
    return json.dumps(
        [
            {"key": seed.key, "name": seed.name, "users": sorted(seed.users), "roles": sorted(seed.roles)}
            for seed in seeds.values()
        ]
    )
