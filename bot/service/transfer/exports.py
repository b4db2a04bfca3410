"""Exports of plans with their histories, for readers."""

import dataclasses
import datetime
from collections.abc import Iterable
from typing import cast

from peewee import ModelSelect

from bot.domain.clock import Clock
from bot.domain.errors import NothingToExportError, TooManyPlansError, WrongWayError
from bot.domain.progress import no_progress
from bot.domain.values import MAX_EXPORTED, Actor, Exported, ExportFormat, ExportRequest, PlanId, PlanRef, Reader
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs
from bot.service.records.plans import history_visible, plans, readable
from bot.service.records.roster import Roster, is_given
from bot.service.transactions import reads
from bot.service.transfer.exporter import Exporter, OnProgress
from storage.models import CoachRow, PlanRow
from storage.store import Store

DAYS = 30
"""Default number of days."""


class ExportService(PlanActs):
    """Exports plans for their readers; deleted ones for those who can read their histories."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, exporter: Exporter) -> None:
        super().__init__(store, clock, guilds)
        self._exporter = exporter

    async def plan(
        self,
        actor: Actor,
        form: ExportFormat,
        ref: PlanRef,
        *,
        max_bytes: int,
        report: OnProgress = no_progress,
    ) -> Exported:
        """Export one plan, in a file of at most so many bytes.

        Raises:
            ExportError: the file would be too large, others are running, or it failed.
            RefusalError: no plan matches, or several.
        """
        async with self._exporter.turn(actor, max_bytes, report):
            return await self._exporter.write(await self._of_plan(actor, form, ref, max_bytes), report)

    async def days(
        self,
        actor: Actor,
        form: ExportFormat,
        *,
        coach: str | None,
        first: str | None,
        last: str | None,
        max_bytes: int,
        report: OnProgress = no_progress,
    ) -> Exported:
        """Export the plans of all coaches, or of one, from the first day to the last, all as typed.

        The last day is by default that of the last live plan, and the first 30 days before it.

        Raises:
            ExportError: no readable plans, too many, or as for `plan`.
            RefusalError: a day or the coach is unknown, or the first day is after the last.
        """
        async with self._exporter.turn(actor, max_bytes, report):
            request = await self._of_days(actor, form, coach, first, last, max_bytes)
            return await self._exporter.write(request, report)

    @reads
    def _of_plan(self, actor: Reader, form: ExportFormat, ref: PlanRef, max_bytes: int) -> ExportRequest:
        plan = self.to_look_back(actor, ref)
        return self._request(actor, form, [plan.id], f"{plan.coach.key}-{plan.day}", max_bytes)

    @reads
    def _of_days(
        self,
        actor: Reader,
        form: ExportFormat,
        coach: str | None,
        first: str | None,
        last: str | None,
        max_bytes: int,
    ) -> ExportRequest:
        roster, today = Roster.of(actor.guild_id), self.today(actor)
        rows = readable(plans().where(PlanRow.guild_id == actor.guild_id), actor, roster)
        named = roster.named(coach) if is_given(coach) else None
        if named:
            rows = rows.where(PlanRow.coach == named.id)
        begin = self.day_meant(actor, first) if is_given(first) else None
        end = self.day_meant(actor, last) if is_given(last) else _last_day(rows) or today
        begin = begin or end - datetime.timedelta(days=DAYS)
        if begin > end:
            raise WrongWayError(begin, end)
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        visible = history_visible(rows.where(PlanRow.day.between(begin, end)), actor, roster, audience)
        days = dict(cast("list[tuple[PlanId, datetime.date]]", list(visible.select(PlanRow.id, PlanRow.day).tuples())))
        if not days:
            raise NothingToExportError(begin, end, is_partial=actor.is_partial)
        if len(days) > MAX_EXPORTED:
            raise TooManyPlansError(len(days))
        prefix = f"{named.key}-" if named else ""
        name = f"{prefix}{min(days.values())}-to-{max(days.values())}"
        request = self._request(actor, form, sorted(days), name, max_bytes)
        return dataclasses.replace(request, is_partial=actor.is_partial)

    def _request(
        self, actor: Actor, form: ExportFormat, plan_ids: Iterable[PlanId], name: str, max_bytes: int
    ) -> ExportRequest:
        timezone = self.guilds.timezone(actor.guild_id)
        return ExportRequest(actor.guild_id, tuple(plan_ids), form, timezone, name, max_bytes)


def selected(
    guild_id: int, coach: str | None, first: datetime.date | None, last: datetime.date | None
) -> "ModelSelect[PlanRow]":
    """Return the ids of the guild's plans, including deleted ones, of a coach and from a first day to a last."""
    ids = PlanRow.select(PlanRow.id).join(CoachRow).where(PlanRow.guild_id == guild_id)
    if coach is not None:
        ids = ids.where(CoachRow.key == coach)
    if first is not None:
        ids = ids.where(PlanRow.day >= first)
    if last is not None:
        ids = ids.where(PlanRow.day <= last)
    return ids


def _last_day(rows: "ModelSelect[PlanRow]") -> datetime.date | None:
    """Return the last day with a live plan: not everyone may know of deleted ones."""
    newest = rows.where(PlanRow.deleted_at.is_null()).order_by(PlanRow.day.desc()).limit(1).get_or_none()
    return newest and newest.day
