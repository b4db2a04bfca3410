"""The coaches of a guild: which of them a user speaks as, and how managers change them."""

import re
from collections.abc import Container, Iterable, Sequence
from typing import Final

from bot.domain.errors import (
    AssignEveryoneError,
    CoachExistsError,
    CoachKeyError,
    MemberAlreadyError,
    NoMemberGivenError,
    NothingToChangeError,
    NotMemberError,
)
from bot.domain.values import (
    COACH_KEY,
    COACHES_IN_SETUP,
    COACHES_ON_PAGE,
    MAX_CHOICE_LENGTH,
    MAX_CHOICES,
    Actor,
    AddCoachResult,
    Coach,
    CoachChange,
    CoachId,
    CoachPage,
    GuildId,
    ListedCoach,
    MemberNames,
    Members,
    MembersChange,
    MembersReplacement,
    RoleId,
    Suggestion,
)
from bot.service.records import cards as card_rows
from bot.service.records import members
from bot.service.records.coach_looks import color_after, picture_after
from bot.service.records.roster import Roster, coach_of, folded
from bot.service.records.text_rules import coach_name
from bot.service.transactions import Service, reads, reads_first, require_manager, writes
from storage.models import CoachCountsRow, CoachRow, PlanRow, TemplateRow

_NOBODY: Final = Members()


class CoachService(Service):
    """Finds coaches for everybody, and changes them for managers.

    `given` and `coach` are a key or a name as typed. What is for managers alone refuses others with `NotManagerError`.
    """

    @reads_first
    def suggest(
        self, actor: Actor, typed: str, for_posting: bool, names: MemberNames | None = None
    ) -> list[Suggestion]:
        """Return the coaches that fit what was typed so far, the actor's own first and the retired ones last.

        A coach fits by its key, its name, or the name of a member. For posting only those the actor may post as.
        """
        roster = Roster.of(actor.guild_id)
        offered = roster.postable(actor) if for_posting else roster.preferred(actor)
        return _suggestions(offered, typed, roster.coaches_of(_called(typed, names)))

    @reads_first
    def suggest_to_change(self, actor: Actor, typed: str, names: MemberNames | None = None) -> list[Suggestion]:
        """Return the coaches that fit, as `suggest` does, of those whose plans the actor may change or delete."""
        roster = Roster.of(actor.guild_id)
        offered = roster.preferred(actor) if actor.is_manager else roster.memberships(actor)
        return _suggestions(offered, typed, roster.coaches_of(_called(typed, names)))

    @reads_first
    def members(self, actor: Actor) -> Members:
        """Return the members of all coaches of the guild."""
        return Roster.of(actor.guild_id).all_members

    async def list(self, guild_id: GuildId) -> tuple[Coach, ...]:
        """Return the guild's coaches that are not retired, in the order of their keys."""
        await self.guilds.ensure_guild(guild_id)
        return (await self.store.read(Roster.of, guild_id)).coaches

    @reads
    def page(self, actor: Actor, number: int = 1) -> CoachPage:
        """Return a page of all coaches with their members, for managers; a number past either end means that end."""
        require_manager(actor)
        return _page(Roster.of(actor.guild_id).all_coaches, number, COACHES_ON_PAGE)

    @reads
    def setup_page(self, actor: Actor, number: int) -> CoachPage:
        """Return such a page of the coaches that are not retired, for the setup panel."""
        require_manager(actor)
        return _page(Roster.of(actor.guild_id).coaches, number, COACHES_IN_SETUP)

    @reads
    def with_members(self, actor: Actor, coach: str) -> ListedCoach:
        """Return a coach, retired or not, with its members; for managers.

        Raises:
            CoachError: the coach is unknown.
        """
        require_manager(actor)
        return _listed([Roster.of(actor.guild_id).named(coach)])[0]

    @writes
    def add(self, actor: Actor, key: str, name: str, new: Members = _NOBODY) -> AddCoachResult:
        """Make a coach with these members; one that was retired comes back, with the new name, its plans and members.

        All members of the guild are not assigned at once: `assign` has that confirmed.

        Raises:
            CoachExistsError: there is one with this key.
            CoachKeyError: the key can't be one.
            CoachNameError: the name can't be one.
        """
        require_manager(actor)
        key = key.strip().lower()
        if not re.fullmatch(COACH_KEY, key):
            raise CoachKeyError(key)
        name = coach_name(name)
        row = CoachRow.get_or_none((CoachRow.guild == actor.guild_id) & (CoachRow.key == key))
        is_back = row is not None
        if row is None:
            row = CoachRow.create(guild=actor.guild_id, key=key, name=name, created_at=self.clock())
        elif row.retired_at is None:
            raise CoachExistsError(coach_of(row))
        else:
            if row.name != name:
                card_rows.mark_coach_dirty(CoachId(row.id))
            row.name, row.retired_at = name, None
            row.save()
        everyone = _everyone(actor)
        members.assign(row, new - everyone)
        return AddCoachResult(coach_of(row), is_back, new - everyone, bool(everyone.roles & new.roles))

    @reads
    def changeable(self, actor: Actor, coach: str) -> Coach:
        """Return a coach that the actor may change.

        Raises:
            CoachError: the coach is unknown or retired.
        """
        require_manager(actor)
        return Roster.of(actor.guild_id).live(coach)

    @writes
    def change(self, actor: Actor, coach: str, wanted: CoachChange) -> Coach:
        """Change the coach's name and look; the cards of its plans show them too.

        Raises:
            CoachError: the coach is unknown or retired, the name, color or picture can't be one, or nothing is given.
            SetAndClearError: the same is to be set and cleared.
        """
        require_manager(actor)
        if wanted == CoachChange():
            raise NothingToChangeError
        row = CoachRow.get_by_id(Roster.of(actor.guild_id).live(coach).id)
        if wanted.name is not None:
            row.name = coach_name(wanted.name)
        row.color, row.picture = color_after(row.color, wanted), picture_after(row.picture, wanted)
        row.save()
        card_rows.mark_coach_dirty(CoachId(row.id))
        return coach_of(row)

    @writes
    def remove(self, actor: Actor, coach: str) -> Coach:
        """Remove the coach; one that has plans, live or deleted, or templates is retired instead, so that these stay.

        Raises:
            CoachError: the coach is unknown, or retired already.
        """
        require_manager(actor)
        existing = Roster.of(actor.guild_id).live(coach)
        row = CoachRow.get_by_id(existing.id)
        if any(table.select().where(table.coach == row).exists() for table in (PlanRow, TemplateRow)):
            row.retired_at = self.clock()
            row.save()
        else:
            row.delete_instance()
        return coach_of(row)

    @writes
    def assign(self, actor: Actor, coach: str, new: Members, *, is_sure: bool = False) -> MembersChange:
        """Let them post as the coach.

        Raises:
            AssignEveryoneError: the new ones are all members of the guild, and the manager is not sure of that.
            CoachError: the coach is unknown or retired.
            MemberAlreadyError: all of them may post as it already.
            NoMemberGivenError: there is nobody to assign.
        """
        require_manager(actor)
        _refuse_nobody(new)
        existing = Roster.of(actor.guild_id).live(coach)
        coming = new - members.of([existing.id]).get(existing.id, _NOBODY)
        if not coming:
            raise MemberAlreadyError(existing)
        if _everyone(actor).roles & coming.roles and not is_sure:
            raise AssignEveryoneError(existing, new)
        members.assign(CoachRow.get_by_id(existing.id), coming)
        return MembersChange(existing, coming)

    @writes
    def unassign(self, actor: Actor, coach: str, old: Members) -> MembersChange:
        """Stop them from posting as the coach and from changing its plans, their own included; retired or not.

        Raises:
            CoachError: the coach is unknown.
            NoMemberGivenError: nobody was named.
            NotMemberError: none of them is assigned to it.
        """
        require_manager(actor)
        _refuse_nobody(old)
        existing = Roster.of(actor.guild_id).named(coach)
        theirs = members.of([existing.id]).get(existing.id, _NOBODY)
        going = theirs - (theirs - old)
        if not going:
            raise NotMemberError(existing)
        members.unassign(CoachRow.get_by_id(existing.id), going)
        return MembersChange(existing, going)

    @writes
    def replace(self, actor: Actor, coach: str, shown: Members, chosen: Members) -> MembersReplacement:
        """Let the chosen ones post as the coach, and stop those that were shown to the manager and are not chosen.

        Members that were not shown stay. All members of the guild are not assigned at once: `assign` has that
        confirmed.

        Raises:
            CoachError: the coach is unknown or retired.
        """
        require_manager(actor)
        existing = Roster.of(actor.guild_id).live(coach)
        current = members.of([existing.id]).get(existing.id, _NOBODY)
        wanted, everyone = chosen - current, _everyone(actor)
        added, removed = wanted - everyone, current - (current - (shown - chosen))
        row = CoachRow.get_by_id(existing.id)
        members.assign(row, added)
        members.unassign(row, removed)
        return MembersReplacement(existing, added, removed, bool(everyone.roles & wanted.roles))


def _everyone(actor: Actor) -> Members:
    """Return the role that all members of the guild have."""
    return Members(roles=frozenset({RoleId(actor.guild_id)}))


def _page(coaches: Sequence[Coach], number: int, size: int) -> CoachPage:
    pages = max(1, -(-len(coaches) // size))
    number = min(max(1, number), pages)
    return CoachPage(_listed(coaches[(number - 1) * size : number * size]), number, pages, len(coaches))


def _refuse_nobody(given: Members) -> None:
    if not given:
        raise NoMemberGivenError


def _listed(coaches: Sequence[Coach]) -> tuple[ListedCoach, ...]:
    ids = [coach.id for coach in coaches]
    counts = CoachCountsRow.select().where(CoachCountsRow.coach.in_(ids))
    plans = {row.coach_id: row.plans for row in counts}
    members_of = members.of(ids)
    return tuple(ListedCoach(each, members_of.get(each.id, _NOBODY), plans.get(each.id, 0)) for each in coaches)


def _called(typed: str, names: MemberNames | None) -> Members:
    """Return those whose names have what was typed."""
    words = folded(typed)
    if not words or names is None:
        return Members()
    return Members(
        frozenset(user_id for user_id, name in names.users.items() if words in folded(name)),
        frozenset(role_id for role_id, name in names.roles.items() if words in folded(name)),
    )


def _suggestions(coaches: Iterable[Coach], typed: str, of_members: Container[CoachId]) -> list[Suggestion]:
    fitting = [coach for coach in coaches if folded(typed) in folded(_label(coach)) or coach.id in of_members]
    return [Suggestion(_label(coach), coach.key) for coach in fitting][:MAX_CHOICES]


def _label(coach: Coach) -> str:
    retired = " (retired)" if coach.is_retired else ""
    return f"{coach.key}: {coach.name}"[: MAX_CHOICE_LENGTH - len(retired)] + retired
