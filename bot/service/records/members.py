"""The members of coaches in the database."""

from collections.abc import Iterable

from bot.domain.values import CoachId, Members, RoleId, UserId
from storage.models import CoachMemberRow, CoachRow


def of(coach_ids: Iterable[CoachId]) -> dict[CoachId, Members]:
    """Return the members of each of these coaches, in one query; coaches without members are left out."""
    rows = list(CoachMemberRow.select().where(CoachMemberRow.coach.in_(list(coach_ids))))
    return {CoachId(coach_id): _among(rows, coach_id) for coach_id in {row.coach_id for row in rows}}


def assign(coach: CoachRow, members: Members) -> None:
    """Let them post as the coach; those who may already stay."""
    for kind, subject_id in _subjects(members):
        member = CoachMemberRow.insert(coach=coach, kind=kind, subject_id=subject_id)
        member.on_conflict_ignore().execute()


def unassign(coach: CoachRow, members: Members) -> None:
    """Stop them from posting as the coach."""
    for kind, subject_id in _subjects(members):
        CoachMemberRow.delete().where(
            (CoachMemberRow.coach == coach) & (CoachMemberRow.kind == kind) & (CoachMemberRow.subject_id == subject_id)
        ).execute()


def _subjects(members: Members) -> list[tuple[str, int]]:
    return [*(("user", int(user)) for user in members.users), *(("role", int(role)) for role in members.roles)]


def _among(rows: Iterable[CoachMemberRow], coach_id: int) -> Members:
    theirs = [row for row in rows if row.coach_id == coach_id]
    return Members(
        frozenset(UserId(row.subject_id) for row in theirs if row.kind == "user"),
        frozenset(RoleId(row.subject_id) for row in theirs if row.kind == "role"),
    )
