"""Plans with their histories as files: which ones, for who may see them."""

import dataclasses
import datetime
from collections.abc import Iterable
from typing import cast

from peewee import ModelSelect

from bot.domain.clock import Clock
from bot.domain.errors import NothingToExportError, TooManyPlansError, WrongWayError
from bot.domain.values import MAX_EXPORTED, Actor, Exported, ExportForm, ExportRequest, PlanId, PlanRef, Reader
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs
from bot.service.records.plans import history_visible, plans, readable
from bot.service.records.roster import Roster, is_given
from bot.service.transactions import reads
from bot.service.transfer.exporter import Exporter, Told
from storage.models import CoachRow, PlanRow
from storage.store import Store

DAYS = 30
"""From the first to the last, where only one is given, or none."""


def _nobody_looks(_: object) -> None:
    """Nobody is told how far it is."""


class ExportService(PlanActs):
    """Writes down plans for those who may read them; deleted ones as their histories are shown."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, exporter: Exporter) -> None:
        super().__init__(store, clock, guilds)
        self._exporter = exporter

    async def plan(
        self,
        actor: Actor,
        form: ExportForm,
        ref: PlanRef,
        *,
        most_bytes: int,
        told: Told = _nobody_looks,
    ) -> Exported:
        """Return one plan in a file of so many bytes at most.

        Raises:
            ExportError: the file would be too large, others are in hand, or it failed.
            RefusalError: there is no such plan, or several would do.
        """
        async with self._exporter.turn(actor, most_bytes, told):
            return await self._exporter.write(await self._of_plan(actor, form, ref, most_bytes), told)

    async def days(
        self,
        actor: Actor,
        form: ExportForm,
        *,
        coach: str | None,
        first: str | None,
        last: str | None,
        most_bytes: int,
        told: Told = _nobody_looks,
    ) -> Exported:
        """The plans of all coaches, or of one, from the first day to the last, all as typed.

        Without a last day up to the last plan there is, without a first one for 30 days.

        Raises:
            ExportError: there is none that the actor may see, or they are too many, or as for `plan`.
            RefusalError: a day or the coach is none, or the days are the wrong way round.
        """
        async with self._exporter.turn(actor, most_bytes, told):
            request = await self._of_days(actor, form, coach, first, last, most_bytes)
            return await self._exporter.write(request, told)

    @reads
    def _of_plan(self, actor: Reader, form: ExportForm, ref: PlanRef, most_bytes: int) -> ExportRequest:
        plan = self.to_look_back(actor, ref)
        return self._request(actor, form, [plan.id], f"{plan.coach.key}-{plan.day}", most_bytes)

    @reads
    def _of_days(
        self,
        actor: Reader,
        form: ExportForm,
        coach: str | None,
        first: str | None,
        last: str | None,
        most_bytes: int,
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
        found = dict(cast("list[tuple[PlanId, datetime.date]]", list(visible.select(PlanRow.id, PlanRow.day).tuples())))
        if not found:
            raise NothingToExportError(begin, end, is_partial=actor.is_partial)
        if len(found) > MAX_EXPORTED:
            raise TooManyPlansError(len(found))
        whose = f"{named.key}-" if named else ""
        name = f"{whose}{min(found.values())}-to-{max(found.values())}"
        request = self._request(actor, form, sorted(found), name, most_bytes)
        return dataclasses.replace(request, is_partial=actor.is_partial)

    def _request(
        self, actor: Actor, form: ExportForm, plan_ids: Iterable[PlanId], name: str, most_bytes: int
    ) -> ExportRequest:
        timezone = self.guilds.timezone(actor.guild_id)
        return ExportRequest(actor.guild_id, tuple(plan_ids), form, timezone, name, most_bytes)


def selected(
    guild_id: int, coach: str | None, first: datetime.date | None, last: datetime.date | None
) -> "ModelSelect[PlanRow]":
    """The ids of a guild's plans, deleted ones too: of the coach with this key, from the first day to the last."""
    ids = PlanRow.select(PlanRow.id).join(CoachRow).where(PlanRow.guild_id == guild_id)
    if coach is not None:
        ids = ids.where(CoachRow.key == coach)
    if first is not None:
        ids = ids.where(PlanRow.day >= first)
    if last is not None:
        ids = ids.where(PlanRow.day <= last)
    return ids


def _last_day(rows: "ModelSelect[PlanRow]") -> datetime.date | None:
    """Of the live ones: that there was another is not for everybody."""
    newest = rows.where(PlanRow.deleted_at.is_null()).order_by(PlanRow.day.desc()).limit(1).get_or_none()
    return newest and newest.day
