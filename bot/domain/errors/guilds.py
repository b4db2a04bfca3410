"""Coaches and settings that can't be had or changed."""

from collections.abc import Sequence

from bot.domain.errors.base import RefusalError
from bot.domain.values import MAX_NAME_LENGTH, Coach, Members

_MOST_NAMED = 10
"""Coaches that a refusal lists; all are offered while one types."""


class CoachError(RefusalError):
    """The coach can't be used."""


class UnknownCoachError(CoachError):
    """No coach of the guild has this key or name."""

    def __init__(self, given: str, near: Coach | None, coaches: Sequence[Coach]) -> None:
        advice = f"Did you mean {near.key} ({near.name})?" if near else _choices(coaches)
        super().__init__(f"There is no coach \u201c{given}\u201d in this server. {advice}")
        self.given = given
        self.near = near


class NoCoachError(CoachError):
    """The user may post as no coach of this guild."""

    is_final = True

    def __init__(self) -> None:
        super().__init__(
            "You are not a coach in this server, so you can read plans but not post or change them. "
            "If you should be one, ask someone who manages the server."
        )


class WhichCoachError(CoachError):
    """More than one coach would do, and none was named."""

    def __init__(self, coaches: Sequence[Coach]) -> None:
        super().__init__(f"Say which coach: fill in the option coach. {_choices(coaches)}")
        self.coaches = tuple(coaches)


class NotThisCoachError(CoachError):
    """The user is not a member of this coach."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"You can't post as {coach.name}: you are not one of its members. "
            "If you should be, ask someone who manages the server."
        )
        self.coach = coach


class RetiredCoachError(CoachError):
    """Nobody posts as this coach any more; final for one who posts as no other."""

    def __init__(self, coach: Coach, *, is_final: bool = False) -> None:
        super().__init__(
            f"{coach.name} is retired: its plans can be read, and nobody posts as it any more. "
            f"Those who manage the server bring it back with /admin coach add and its key, {coach.key}."
        )
        self.coach = coach
        self.is_final = is_final


class CoachKeyError(CoachError):
    """The words can't be the key of a coach."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"\u201c{given}\u201d can't be a coach's key. A key has 1 to 16 characters, each one of a-z, 0-9 and _, "
            "such as d or swing_2."
        )
        self.given = given


class CoachNameError(CoachError):
    """The words can't be the name of a coach."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"That can't be a coach's name: it is to have 1 to {MAX_NAME_LENGTH} characters on one line, and has "
            f"{len(given):,}. Shorten it, or leave out what can't be seen."
        )
        self.given = given


class CoachExistsError(CoachError):
    """The guild has a coach with this key."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"There is a coach with the key {coach.key} already: {coach.name}. Take another key, or give that coach "
            "another name with /admin coach edit."
        )
        self.coach = coach


class NoMemberGivenError(CoachError):
    """Neither a user nor a role was named."""

    def __init__(self) -> None:
        super().__init__("Say who: fill in the option user, the option role, or both.")


class AssignEveryoneError(CoachError):
    """All members of the guild would post as the coach, and nobody said that this is meant."""

    def __init__(self, coach: Coach, members: Members) -> None:
        super().__init__(
            f"Everyone in this server could post as {coach.name}, and change and delete its plans. "
            "Nobody was assigned yet."
        )
        self.coach = coach
        self.members = members
        """The members that were to be assigned."""


class MemberAlreadyError(CoachError):
    """The coach has these members already."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(f"They may post as {coach.name} already. See who may with /admin coach list.")
        self.coach = coach


class NotMemberError(CoachError):
    """The coach has none of these members."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"They are not assigned to {coach.name}. See who is with /admin coach list: "
            "one who has an assigned role loses the coach with the role."
        )
        self.coach = coach


class SettingError(RefusalError):
    """The guild can't be set up like that."""


class TimezoneError(SettingError):
    """The words name no time zone; `near` is the one that was most likely meant."""

    def __init__(self, given: str, near: str | None) -> None:
        advice = (
            f"Did you mean {near}?" if near else "Begin to type a city, such as London, and choose what is offered."
        )
        super().__init__(f"\u201c{given}\u201d is not a time zone. {advice}")
        self.given = given
        self.near = near


class SetAndClearError(SettingError):
    """The same was to be set and cleared at once."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Either set {what} or clear it, not both at once. Nothing was changed.")
        self.what = what


def _choices(coaches: Sequence[Coach]) -> str:
    if not coaches:
        return "It has no coaches yet: ask someone who manages the server."
    named = [f"{coach.key} ({coach.name})" for coach in coaches[:_MOST_NAMED]]
    more = [f"{len(coaches) - _MOST_NAMED} more"] if len(coaches) > _MOST_NAMED else []
    return f"The coaches are: {', '.join(named + more)}."
