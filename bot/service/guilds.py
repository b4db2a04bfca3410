"""A guild's own part of the book: its settings, and the coaches that the configuration gives it."""

import datetime
import json
from collections.abc import Sequence
from typing import Any

from bot.domain.clock import Clock
from bot.domain.days import today_in
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
    Reader,
    RoleId,
    UserId,
)
from bot.service.readers import ChannelViews, Readers
from bot.service.records import cards as card_rows
from bot.service.records import members
from storage.errors import StorageError
from storage.models import CoachRow, GuildSettingsRow
from storage.store import Store


class GuildService:
    """Opens a book for each guild and keeps it in step with the configuration."""

    def __init__(
        self, store: Store, clock: Clock, seeds: Sequence[CoachSeed], timezone: str, views: ChannelViews
    ) -> None:
        self._store = store
        self._readers = Readers(store, views)
        self._clock = clock
        self._seeds = {seed.key: seed for seed in seeds}
        self._timezone = timezone
        self._welcomed: dict[GuildId, int] = {}
        """In which opening of the book each was: a backup that is put in its place may not know the guild."""

    async def welcome(self, guild_id: GuildId, *, is_late: bool = False) -> None:
        """Make sure that the guild has settings and coaches; cheap after the first time.

        What has changed in the configuration's list of coaches since it was last applied to this
        guild is carried over: new coaches, new names, new and gone members. Nothing else is
        touched: what the guild's managers changed stays, and so does a coach gone from the list. One
        that they removed or retired comes back only when its own entry has changed. While the book can't be written,
        a guild that has its settings is as it was. With `is_late` it goes before everyone else, as the act it is for.
        """
        opened = self._store.opened
        if self._welcomed.get(guild_id) == opened:
            return
        seed = await self._store.read_first(_seed_of, guild_id)
        if seed is None or _seeds_of(seed) != self._seeds:
            try:
                write = self._store.write_first if is_late else self._store.write
                await write(self._apply, guild_id)
            except StorageError:
                if seed is None:
                    raise
                return
        self._welcomed[guild_id] = opened

    async def reader(self, actor: Actor) -> Reader:
        """Return the actor with the channels that they can see, for an act that reads plans.

        Raises:
            StorageError: the database can't be read.
        """
        return await self._readers.of(actor)

    def today(self, actor: Actor) -> datetime.date:
        """The date in the guild of the one who acts, when they act; to be asked inside an act."""
        return today_in(self.timezone(actor.guild_id), actor.sent_at or self._clock())

    def timezone(self, guild_id: GuildId) -> str:
        """The name of the guild's time zone; to be asked inside an act."""
        return self.settings(guild_id).timezone

    def settings(self, guild_id: GuildId) -> GuildSettings:
        """What the guild's managers have set; to be asked inside an act."""
        row = GuildSettingsRow.get_by_id(guild_id)
        return GuildSettings(
            timezone=row.timezone or self._timezone,
            is_timezone_own=row.timezone is not None,
            plans_channel_id=None if row.plans_channel_id is None else ChannelId(row.plans_channel_id),
            deleted_visible_to=Audience(row.deleted_visible_to),
            deleted_cards=DeletedCards(row.deleted_cards),
        )

    def _apply(self, guild_id: GuildId) -> None:
        settings = GuildSettingsRow.get_or_none(GuildSettingsRow.guild_id == guild_id)
        if settings is None:
            settings = GuildSettingsRow.create(guild_id=guild_id, seed="[]", created_at=self._clock())
        before = _seeds_of(settings.seed)
        if before == self._seeds:
            return
        for key in sorted(before.keys() | self._seeds.keys()):
            self._carry_over(guild_id, key, before.get(key), self._seeds.get(key))
        settings.seed = _json_of(self._seeds)
        settings.save()

    def _carry_over(self, guild_id: GuildId, key: str, before: CoachSeed | None, now: CoachSeed | None) -> None:
        if before == now:
            return
        row = CoachRow.get_or_none((CoachRow.guild == guild_id) & (CoachRow.key == key))
        if now and not row:
            row = CoachRow.create(guild=guild_id, key=key, name=now.name, created_at=self._clock())
            before = None
        if not row:
            return
        if now:
            row.retired_at = None
            if before and before.name == row.name != now.name:
                row.name = now.name
                card_rows.want_of_coach(CoachId(row.id))
            row.save()
        members.assign(row, _members(now) - _members(before))
        members.unassign(row, _members(before) - _members(now))


def _seed_of(guild_id: GuildId) -> str | None:
    """The configuration's coaches as they were last applied to the guild; None: they never were."""
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
            {
                "key": seed.key,
                "name": seed.name,
                "users": sorted(seed.users),
                "roles": sorted(seed.roles),
            }
            for seed in seeds.values()
        ]
    )
