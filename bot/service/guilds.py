"""A guild's own part of the book: its settings, and the coaches that the configuration gives it."""

import datetime
import json
from collections.abc import Sequence
from typing import Any

from bot.days import today_in
from bot.values import Clock, CoachSeed, GuildId, RoleId, UserId
from storage.database import Store
from storage.models import CoachMemberRow, CoachRow, GuildSettingsRow


class GuildService:
    """Opens a book for each guild and keeps it in step with the configuration."""

    def __init__(self, store: Store, clock: Clock, seeds: Sequence[CoachSeed], timezone: str) -> None:
        self._store = store
        self._clock = clock
        self._seeds = {seed.key: seed for seed in seeds}
        self._timezone = timezone
        self._welcomed: set[GuildId] = set()

    async def welcome(self, guild_id: GuildId) -> None:
        """Make sure that the guild has settings and coaches; cheap after the first time.

        What has changed in the configuration's list of coaches since it was last applied to this
        guild is carried over: new coaches, new names, new and gone members. Nothing else is
        touched: what the guild's managers changed stays, and so does a coach gone from the list.
        """
        if guild_id not in self._welcomed:
            await self._store.write(self._apply, guild_id)
            self._welcomed.add(guild_id)

    def today(self, guild_id: GuildId) -> datetime.date:
        """The date in the guild's time zone; to be asked inside an act."""
        return today_in(self.timezone(guild_id), self._clock())

    def timezone(self, guild_id: GuildId) -> str:
        """The name of the guild's time zone; to be asked inside an act."""
        return GuildSettingsRow.get_by_id(guild_id).timezone or self._timezone

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
        row = CoachRow.get_or_none((CoachRow.guild == guild_id) & (CoachRow.key == key))
        if now and not row:
            row = CoachRow.create(guild=guild_id, key=key, name=now.name, created_at=self._clock())
        if not row:
            return
        if now and before and now.name != before.name == row.name:
            row.name = now.name
            row.save()
        _assign(row, _members(now) - _members(before))
        _unassign(row, _members(before) - _members(now))


def _members(seed: CoachSeed | None) -> set[tuple[str, int]]:
    if seed is None:
        return set()
    users = {("user", int(user)) for user in seed.users}
    return users | {("role", int(role)) for role in seed.roles}


def _assign(coach: CoachRow, members: set[tuple[str, int]]) -> None:
    for kind, subject_id in members:
        member = CoachMemberRow.insert(coach=coach, kind=kind, subject_id=subject_id)
        member.on_conflict_ignore().execute()


def _unassign(coach: CoachRow, members: set[tuple[str, int]]) -> None:
    for kind, subject_id in members:
        CoachMemberRow.delete().where(
            (CoachMemberRow.coach == coach) & (CoachMemberRow.kind == kind) & (CoachMemberRow.subject_id == subject_id)
        ).execute()


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
