"""Templates: texts of a coach's team to begin a plan with."""

import collections
import datetime
import itertools
from collections.abc import Iterable
from typing import Final

from bot.domain.characters import cut
from bot.domain.clock import Clock
from bot.domain.errors import (
    NoCoachError,
    NoTemplateError,
    NotYourTemplatesError,
    RefusalError,
    TemplateChangedError,
    TemplateExistsError,
    TooManyTemplatesError,
    WhichCoachError,
)
from bot.domain.templates import filled
from bot.domain.values import (
    MAX_CHOICE_LENGTH,
    MAX_CHOICES,
    MAX_FORM_LENGTH,
    MAX_TEMPLATES,
    Actor,
    BeginsWith,
    Coach,
    CoachId,
    Limits,
    PlanBeginning,
    Suggestion,
    Template,
    TemplateId,
    TemplatePanel,
    UserId,
)
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs
from bot.service.records.roster import Roster, coach_in, is_given
from bot.service.records.text_rules import plan_text, template_name
from bot.service.transactions import reads, reads_first, writes
from storage.models import CoachRow, PlanRow, TemplateRow
from storage.queries import Parameter, Prepared
from storage.store import Store

_LAST: Final = "{last}"
"""The template of a plan that begins with the last one."""


class TemplateService(PlanActs):
    """The templates of a coach, for the members of its team alone."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, limits: Limits) -> None:
        super().__init__(store, clock, guilds)
        self._limits = limits

    @reads
    def panel(self, actor: Actor, *, coach: str | None, day: str | None) -> TemplatePanel:
        """Return what a plan can begin with; no `coach`: the first of the actor's own.

        Raises:
            CoachError: the coach is unknown or retired, or the actor has none.
            DayError: the words name no day.
            NotYourTemplatesError: the actor is not a member of the coach.
        """
        chosen, meant = _own_coach(actor, coach), self.day_to_post(actor, day)
        last = _last_plan(chosen, meant)
        others = (each for each in Roster.of(actor.guild_id).own(actor) if each != chosen)
        return TemplatePanel(chosen, meant, tuple(_templates_of([chosen])), last and last[0], tuple(others))

    @reads_first
    def get(self, actor: Actor, template_id: TemplateId) -> Template:
        """Return a template.

        Raises:
            NoTemplateError: there is none with this id in the actor's guild.
            NotYourTemplatesError: the actor is not a member of its coach.
        """
        return _existing(actor, template_id)

    @reads_first
    def new(self, actor: Actor, coach: str) -> Coach:
        """Return the coach of a new template, for its form.

        Raises:
            CoachError: the coach is unknown or retired.
            NotYourTemplatesError: the actor is not a member of it.
            TooManyTemplatesError: it has as many as a coach can have.
        """
        chosen = _own_coach(actor, coach)
        if len(_templates_of([chosen])) >= MAX_TEMPLATES:
            raise TooManyTemplatesError(chosen)
        return chosen

    @reads_first
    def begin(self, actor: Actor, template_id: TemplateId, *, day: str) -> PlanBeginning:
        """Return the text of the template for a plan for the day.

        Raises:
            NoTemplateError: there is none with this id in the actor's guild.
            NotYourTemplatesError: the actor is not a member of its coach.
            RefusalError: what `PlanService.prepare_post` raises.
        """
        template = _existing(actor, template_id)
        return self._begun(actor, template.coach, day, BeginsWith(template.id), template.text)

    @reads_first
    def begin_named(self, actor: Actor, name: str, *, coach: str | None, day: str | None) -> PlanBeginning:
        """Return what `begin` does, of the template with this name; no `coach`: of any of the actor's own.

        Raises:
            CoachError: the coach is unknown or retired, or the actor has none; or templates of several have this name.
            NoTemplateError: there is no template with this name.
        """
        meant = name.strip().casefold()
        named = [each for each in _templates_of(_meant(actor, coach)) if meant in (each.name.casefold(), _full(each))]
        if not named:
            raise NoTemplateError
        if len(named) > 1:
            raise WhichCoachError([each.coach for each in named])
        [template] = named
        return self._begun(actor, template.coach, day, BeginsWith(template.id), template.text)

    @reads_first
    def begin_with_last(self, actor: Actor, *, coach: str, day: str) -> PlanBeginning:
        """Return the text of the coach's last plan before the day; empty if there is none.

        Raises:
            RefusalError: what `panel` or `PlanService.prepare_post` raises.
        """
        return self._begun(actor, _own_coach(actor, coach), day, BeginsWith(None), _LAST)

    @reads_first
    def suggest(self, actor: Actor, typed: str, coach: str | None) -> list[Suggestion]:
        """Return the actor's templates whose names fit what was typed so far, of several with one name each coach's."""
        try:
            own = _templates_of(_meant(actor, coach))
        except RefusalError:
            return []
        times = collections.Counter(each.name.casefold() for each in own)
        fitting = (each for each in own if typed.casefold() in each.name.casefold())
        return [_suggestion(each, times[each.name.casefold()] > 1) for each in itertools.islice(fitting, MAX_CHOICES)]

    @writes
    def add(self, actor: Actor, *, coach: str, name: str, text: str) -> Template:
        """Save a new template; one that is the same already stays as it is.

        Raises:
            CoachError: the coach is unknown or retired.
            NotYourTemplatesError: the actor is not a member of it.
            TemplateExistsError: the coach has another template with this name.
            TemplateNameError: the name is too long, shows nothing, or breaks the line.
            TextError: the text is blank or too long.
            TooManyTemplatesError: the coach has as many as a coach can have.
        """
        chosen = _own_coach(actor, coach)
        name, text = template_name(name), plan_text(text, self._limits.plan_text)
        others = _templates_of([chosen])
        for each in others:
            if (each.name, each.text) == (name, text):
                return each
        _refuse_name(others, name)
        if len(others) >= MAX_TEMPLATES:
            raise TooManyTemplatesError(chosen)
        row = TemplateRow.create(
            coach=chosen.id,
            name=name,
            text=text,
            revision=1,
            changed_by=actor.user_id,
            changed_at=self.now(actor),
        )
        return _template_of(row, chosen)

    @writes
    def edit(self, actor: Actor, template_id: TemplateId, *, seen: int, name: str, text: str) -> Template:
        """Change the name and the text of a template, of which the actor has seen this revision.

        Raises:
            TemplateChangedError: it has moved on from that revision.
            TemplateError: there is none with this id, it is not the actor's, or the name can't be its.
            TextError: the text is blank or too long.
        """
        template = _existing(actor, template_id)
        name, text = template_name(name), plan_text(text, self._limits.plan_text)
        if (name, text) == (template.name, template.text):
            return template
        if seen != template.revision:
            raise TemplateChangedError(template)
        _refuse_name([each for each in _templates_of([template.coach]) if each.id != template.id], name)
        row = TemplateRow.get_by_id(template.id)
        row.name, row.text, row.revision = name, text, template.revision + 1
        row.changed_by, row.changed_at = actor.user_id, self.now(actor)
        row.save()
        return _template_of(row, template.coach)

    @writes
    def delete(self, actor: Actor, template_id: TemplateId) -> Template:
        """Delete a template, and return it.

        Raises:
            NoTemplateError: there is none with this id in the actor's guild.
            NotYourTemplatesError: the actor is not a member of its coach.
        """
        template = _existing(actor, template_id)
        TemplateRow.delete_by_id(template.id)
        return template

    def _begun(
        self, actor: Actor, coach: Coach, words: str | None, begins_with: BeginsWith, template: str
    ) -> PlanBeginning:
        """Return the form of a post as the coach, and the template's text for the day that the words mean."""
        day = self.day_to_post(actor, words)
        form = self.begin_post(actor, coach=coach.key, day=day.isoformat(), begins_with=begins_with)
        last = _last_plan(coach, day)
        limit = min(self._limits.plan_text, MAX_FORM_LENGTH)
        return PlanBeginning(form, filled(template, day, coach.name, last[1] if last else "", limit))


def _own_coach(actor: Actor, given: str | None) -> Coach:
    if not is_given(given):
        return _own_coaches(actor)[0]
    roster = Roster.of(actor.guild_id)
    roster.require_poster(actor)
    coach = roster.live(given)
    if not roster.is_member(actor, coach):
        raise NotYourTemplatesError(coach)
    return coach


def _meant(actor: Actor, coach: str | None) -> list[Coach]:
    """Return the coaches whose templates are meant; no `coach`: all of the actor's own."""
    return [_own_coach(actor, coach)] if is_given(coach) else _own_coaches(actor)


def _own_coaches(actor: Actor) -> list[Coach]:
    own = Roster.of(actor.guild_id).own(actor)
    if not own:
        raise NoCoachError
    return own


def _existing(actor: Actor, template_id: TemplateId) -> Template:
    in_guild = (TemplateRow.id == template_id) & (CoachRow.guild == actor.guild_id)
    row = TemplateRow.select().join(CoachRow).where(in_guild).first()
    if row is None:
        raise NoTemplateError
    coach = coach_in(actor.guild_id, row.coach_id)
    if not Roster.of(actor.guild_id).is_member(actor, coach):
        raise NotYourTemplatesError(coach)
    return _template_of(row, coach)


def _templates_of(coaches: Iterable[Coach]) -> list[Template]:
    """Return the templates of the coaches, by name."""
    by_id = {each.id: each for each in coaches}
    rows = TemplateRow.select().where(TemplateRow.coach.in_(list(by_id))).order_by(TemplateRow.name, TemplateRow.id)
    return [_template_of(row, by_id[CoachId(row.coach_id)]) for row in rows]


def _full(template: Template) -> str:
    """Return the template's name with its coach, for a choice among several with one name."""
    return f"{template.name} ({template.coach.key})".casefold()


def _suggestion(template: Template, needs_coach: bool) -> Suggestion:
    if not needs_coach:
        return Suggestion(template.name, template.name)
    return Suggestion(cut(f"{template.name} ({template.coach.name})", MAX_CHOICE_LENGTH), _full(template))


def _refuse_name(others: list[Template], name: str) -> None:
    for each in others:
        if each.name.casefold() == name.casefold():
            raise TemplateExistsError(each)


def _last_plan(coach: Coach, day: datetime.date) -> tuple[datetime.date, str] | None:
    """Return the day and the text of the coach's last live plan before the day."""
    row = _LAST_PLAN.row(guild=coach.guild_id, coach=coach.id, day=day)
    return row and (datetime.date.fromisoformat(row[0]), row[1])


def _template_of(row: TemplateRow, coach: Coach) -> Template:
    return Template(TemplateId(row.id), coach, row.name, row.text, row.revision, UserId(row.changed_by), row.changed_at)


_LAST_PLAN: Final = Prepared(
    lambda: (
        PlanRow.select(PlanRow.day, PlanRow.text)
        .where(PlanRow.guild_id == Parameter("guild"), PlanRow.coach == Parameter("coach"))
        .where(PlanRow.day < Parameter("day"), PlanRow.deleted_at.is_null())
        .order_by(PlanRow.day.desc())
        .limit(1)
    )
)
