"""The coaches of one guild with their members, and every rule about who may post as whom."""

import dataclasses
import difflib
import unicodedata
from collections.abc import Collection, Iterable
from typing import TypeGuard

from bot.domain.errors import NoCoachError, NotThisCoachError, RetiredCoachError, UnknownCoachError, WhichCoachError
from bot.domain.values import Actor, Audience, Coach, CoachId, GuildId, Members, Plan, RoleId, UserId
from bot.service.records.charts import charts_in
from storage.cached_reads import cached_read
from storage.models import CoachMemberRow, CoachRow

NEAR = 0.7
"""The least likeness of two names, of 1, for a "did you mean"."""


@dataclasses.dataclass(frozen=True, slots=True)
class Roster:
    """A guild's coaches in the order of their keys, with their members, at one moment.

    Nobody posts as a retired one; apart from that its plans are under the same rules as all others.
    """

    coaches: tuple[Coach, ...]
    retired: tuple[Coach, ...]
    members: frozenset[tuple[CoachId, str, int]]
    """Coach, "user" or "role", and the id of that user or role."""

    @classmethod
    def of(cls, guild_id: GuildId) -> "Roster":
        """Return the guild's roster, inside a transaction."""
        return read_roster(guild_id)

    def is_member(self, actor: Actor, coach: Coach) -> bool:
        """Return whether the actor is assigned to the coach, by name or by a role they have."""
        return (coach.id, "user", actor.user_id) in self.members or any(
            (coach.id, "role", role_id) in self.members for role_id in actor.role_ids
        )

    def own(self, actor: Actor) -> list[Coach]:
        """Return the coaches that the actor is a member of, and that are not retired."""
        return [coach for coach in self.coaches if self.is_member(actor, coach)]

    def memberships(self, actor: Actor) -> list[Coach]:
        """Return the coaches that the actor is a member of, the retired ones last."""
        return [coach for coach in self.all_coaches if self.is_member(actor, coach)]

    def is_stranger(self, actor: Actor) -> bool:
        """Return whether the actor has no part in any plan: no manager, and no member of any coach, retired or not."""
        return not actor.is_manager and not self.memberships(actor)

    @property
    def all_coaches(self) -> tuple[Coach, ...]:
        """All coaches, the retired ones last."""
        return (*self.coaches, *self.retired)

    @property
    def by_id(self) -> dict[int, Coach]:
        """All coaches by their ids."""
        return {coach.id: coach for coach in self.all_coaches}

    @property
    def all_members(self) -> Members:
        """The members of all coaches together."""
        return Members(
            frozenset(UserId(subject_id) for _, kind, subject_id in self.members if kind == "user"),
            frozenset(RoleId(subject_id) for _, kind, subject_id in self.members if kind == "role"),
        )

    def coaches_of(self, members: Members) -> frozenset[CoachId]:
        """Return the coaches that any of these is assigned to."""
        ids: dict[str, Collection[int]] = {"user": members.users, "role": members.roles}
        return frozenset(coach_id for coach_id, kind, subject_id in self.members if subject_id in ids[kind])

    def require_poster(self, actor: Actor) -> None:
        """Go on only with one who has a part in some plan: others are refused at once, and not asked which.

        Raises:
            NoCoachError: the actor has none.
        """
        if self.is_stranger(actor):
            raise NoCoachError

    def may_post(self, actor: Actor, coach: Coach) -> bool:
        """Return whether the actor may post as the coach: its members and managers may, until it is retired."""
        return not coach.is_retired and (actor.is_manager or self.is_member(actor, coach))

    def may_edit(self, actor: Actor, plan: Plan) -> bool:
        """Return whether the actor may rewrite the plan: the coach's members may, and a manager what they wrote.

        Another manager may not: nobody's words are put into another's mouth. An author who is no member any more may
        not either.
        """
        return self.is_member(actor, plan.coach) or (actor.is_manager and plan.author_id == actor.user_id)

    def may_delete(self, actor: Actor, plan: Plan) -> bool:
        """Return whether the actor may delete the plan: the coach's members may, and managers."""
        return actor.is_manager or self.is_member(actor, plan.coach)

    def may_restore(self, actor: Actor, plan: Plan, audience: Audience) -> bool:
        """Return whether the actor may restore the plan: managers may, and members who may see it or deleted it."""
        if not self.is_member(actor, plan.coach):
            return actor.is_manager
        return plan.deleted_by in (None, actor.user_id) or self.may_see_deleted(actor, plan, audience)

    def may_see_deleted(self, actor: Actor, plan: Plan, audience: Audience) -> bool:
        """Return whether the actor may see the history of the plan, which is deleted."""
        match audience:
            case Audience.EVERYONE:
                return True
            case Audience.MANAGERS:
                return actor.is_manager
            case Audience.MEMBERS:
                return self.may_delete(actor, plan)

    def preferred(self, actor: Actor) -> list[Coach]:
        """Return all coaches, those that the actor is a member of first, and the retired ones last."""
        return [*sorted(self.coaches, key=lambda coach: not self.is_member(actor, coach)), *self.retired]

    def named(self, given: str) -> Coach:
        """Return the coach that `given` means: a key, a name, or the part of it before or in brackets.

        A retired one is meant only where no other is.

        Raises:
            UnknownCoachError: it means none; `near` is the one that was most likely meant.
            WhichCoachError: it means several.
        """
        normalized = folded(given)
        keyed = [coach for coach in self.all_coaches if coach.key == given.strip().casefold()]
        matches = keyed or _called(normalized, self.coaches) or _called(normalized, self.retired)
        if not matches:
            raise UnknownCoachError(given, self._near(normalized), self.coaches)
        if len(matches) > 1:
            raise WhichCoachError(matches)
        return matches[0]

    def live(self, given: str) -> Coach:
        """Return the coach that `given` means, if it is not retired.

        Raises:
            RetiredCoachError: it is.
            CoachError: it is unknown, or more than one would do.
        """
        coach = self.named(given)
        if coach.is_retired:
            raise RetiredCoachError(coach)
        return coach

    def postable(self, actor: Actor) -> list[Coach]:
        """Return the coaches that the actor may post as, their own first."""
        return [coach for coach in self.preferred(actor) if self.may_post(actor, coach)]

    def likely(self, actor: Actor) -> list[Coach]:
        """Return the coaches that one of is meant where none is named: the actor's own, or a manager's all.

        Raises:
            NoCoachError: there is none.
        """
        coaches = self.own(actor) or self.postable(actor)
        if not coaches:
            raise NoCoachError
        return coaches

    def to_post_as(self, actor: Actor, given: str | None) -> Coach:
        """Return the coach that the actor posts as; nothing given means the only one it can be.

        Raises:
            CoachError: it is unknown, not theirs, or more than one would do; or there is none for them at all.
        """
        self.require_poster(actor)
        if not is_given(given):
            return self._only(actor)
        coach = self.named(given)
        if coach.is_retired:
            raise RetiredCoachError(coach, is_final=not any(self.may_post(actor, each) for each in self.coaches))
        if not self.may_post(actor, coach):
            raise NotThisCoachError(coach)
        return coach

    def _only(self, actor: Actor) -> Coach:
        would_do = self.likely(actor)
        if len(would_do) > 1:
            raise WhichCoachError(would_do)
        return would_do[0]

    def _near(self, name: str) -> Coach | None:
        """Return the one coach that is nearest to the name; None: none is near, or two are as near."""
        likeness = {coach: _likeness(name, coach) for coach in self.all_coaches}
        best = max(likeness.values(), default=0.0)
        nearest = [coach for coach, each in likeness.items() if each == best >= NEAR]
        return nearest[0] if len(nearest) == 1 else None


@cached_read(CoachRow, CoachMemberRow)
def read_roster(guild_id: int) -> Roster:
    """Return the guild's roster, from memory where it was read before."""
    rows = CoachRow.select().where(CoachRow.guild == guild_id)
    coaches = [coach_of(row) for row in rows.order_by(CoachRow.key)]
    members = CoachMemberRow.select().where(CoachMemberRow.coach.in_(rows.select(CoachRow.id)))
    return Roster(
        tuple(coach for coach in coaches if not coach.is_retired),
        tuple(coach for coach in coaches if coach.is_retired),
        frozenset((CoachId(row.coach_id), row.kind, row.subject_id) for row in members),
    )


def coach_in(guild_id: GuildId, coach_id: int) -> Coach:
    """Return the coach with this id, inside a transaction."""
    coach = Roster.of(guild_id).by_id.get(coach_id)
    return coach or read_roster.load(guild_id).by_id[coach_id]  # another process may have added it just now


def is_given(words: str | None) -> TypeGuard[str]:
    """Return whether an option was filled in with anything."""
    return bool(words and words.strip())


def coach_of(row: CoachRow) -> Coach:
    """Return the row as a value."""
    return Coach(
        id=CoachId(row.id),
        guild_id=GuildId(row.guild_id),
        key=row.key,
        name=row.name,
        is_retired=row.retired_at is not None,
        chosen_color=row.color,
        picture=next(iter(charts_in(row.picture)), None),
    )


def folded(words: str) -> str:
    """Return the letters and digits of `words`, without differences of case and width."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", words).casefold()))


def _called(name: str, coaches: Iterable[Coach]) -> list[Coach]:
    return [coach for coach in coaches if name in _aliases(coach)]


def _aliases(coach: Coach) -> set[str]:
    short_name, _, in_brackets = coach.name.partition("(")
    aliases = (coach.key, f"coach {coach.key}", coach.name, short_name, in_brackets)
    return {folded(alias) for alias in aliases} - {""}


def _likeness(name: str, coach: Coach) -> float:
    return max(difflib.SequenceMatcher(None, name, alias).ratio() for alias in _aliases(coach))
