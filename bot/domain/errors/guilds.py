"""Refusals about coaches and settings."""

from collections.abc import Sequence

from bot.domain.colors import NAMED
from bot.domain.errors.base import RefusalError
from bot.domain.values import MAX_NAME_LENGTH, Coach, Members

_MAX_NAMED = 10
"""Coaches that a refusal lists; autocomplete offers all."""


class CoachError(RefusalError):
    """The coach can’t be used."""


class UnknownCoachError(CoachError):
    """No coach of the guild has this key or name."""

    def __init__(self, given: str, near: Coach | None, coaches: Sequence[Coach]) -> None:
        advice = f"Did you mean {near.key} ({near.name})?" if near else _choices(coaches)
        super().__init__(f"There is no coach “{given}” in this server. {advice}")
        self.near = near


class NoCoachError(CoachError):
    """The user may post as no coach of this guild."""

    is_final = True

    def __init__(self) -> None:
        super().__init__(
            "You are not a coach in this server: you can read plans, but not post or change them. "
            "If you should be one, ask a server manager."
        )


class WhichCoachError(CoachError):
    """More than one coach is possible, and none was named."""

    def __init__(self, coaches: Sequence[Coach]) -> None:
        super().__init__(f"Which coach? Use the option coach, one of: {_names(coaches)}.")
        self.coaches = tuple(coaches)


class NotThisCoachError(CoachError):
    """The user is not a member of this coach."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"Only {coach.name}’s team can post as this coach. If you should be on it, ask a server manager."
        )
        self.coach = coach


class RetiredCoachError(CoachError):
    """The coach is retired; final for a user who posts as no other."""

    def __init__(self, coach: Coach, *, is_final: bool = False) -> None:
        super().__init__(
            f"{coach.name} is retired: nobody can post as it or change it. Its plans can still be read and edited. "
            f"Server managers can bring it back with /admin coach add and the key {coach.key}."
        )
        self.is_final = is_final


class CoachKeyError(CoachError):
    """The words can't be the key of a coach."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"“{given}” can’t be a coach’s key. A key has 1 to 16 characters from a-z, 0-9 and _, such as d or swing_2."
        )


class CoachNameError(CoachError):
    """The words can't be the name of a coach."""

    def __init__(self, given: str) -> None:
        why = "it has no visible character, or one that breaks or turns the line"
        if len(given) > MAX_NAME_LENGTH:
            why = f"it has {len(given):,} characters"
        super().__init__(
            f"That can’t be a coach’s name: {why}. Use 1 to {MAX_NAME_LENGTH} visible characters on one line."
        )


class CoachColorError(CoachError):
    """The words are not a color."""

    def __init__(self, given: str) -> None:
        super().__init__(f"“{given}” is not a color. Use a code such as #1565C0, or one of: {', '.join(NAMED)}.")


class CoachPictureError(CoachError):
    """The picture can’t be a coach’s."""

    def __init__(self, filename: str, why: str) -> None:
        super().__init__(f"The coach was not changed: {filename} {why}.")


class NothingToChangeError(CoachError):
    """No part of the coach was named."""

    def __init__(self) -> None:
        super().__init__("Nothing to change. Use the option name, color, picture or clear.")


class CoachExistsError(CoachError):
    """The guild has a coach with this key."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"There is already a coach with the key {coach.key}: {coach.name}. Choose another key, or rename that "
            "coach with /admin coach edit."
        )
        self.coach = coach


class NoMemberGivenError(CoachError):
    """Neither a user nor a role was named."""

    def __init__(self) -> None:
        super().__init__("Who? Use the option user, the option role, or both.")


class AssignEveryoneError(CoachError):
    """All members of the guild would post as the coach, which was not confirmed."""

    def __init__(self, coach: Coach, members: Members) -> None:
        super().__init__(
            f"Everyone in this server could then post as {coach.name}, and change and delete its plans. "
            "Nobody has been assigned yet."
        )
        self.coach = coach
        self.members = members
        """The members that were to be assigned."""


class MemberAlreadyError(CoachError):
    """The coach has these members already."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(f"They can already post as {coach.name}. See who can with /admin coach list.")


class NotMemberError(CoachError):
    """The coach has none of these members."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"They are not assigned to {coach.name}. See who is with /admin coach list. "
            "To stop somebody who has an assigned role, remove the role from them."
        )


class SettingError(RefusalError):
    """The settings are not valid."""


class TimezoneError(SettingError):
    """The words name no time zone; `near` is the one that was most likely meant."""

    def __init__(self, given: str, near: str | None) -> None:
        advice = f"Did you mean {near}?" if near else "Type a city, such as London, and choose from the list."
        super().__init__(f"“{given}” is not a time zone. {advice}")


class CloseTimeError(SettingError):
    """An overridden day can’t close at that time."""


class SetAndClearError(SettingError):
    """One setting was to be set and cleared at once."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Nothing was changed. Set {what} or clear it, not both at once.")


class FeedTokenError(SettingError):
    """A token of the API can’t be created or revoked."""


def _choices(coaches: Sequence[Coach]) -> str:
    if not coaches:
        return "It has no coaches yet. Ask a server manager."
    return f"The coaches are: {_names(coaches)}."


def _names(coaches: Sequence[Coach]) -> str:
    named = [f"{coach.key} ({coach.name})" for coach in coaches[:_MAX_NAMED]]
    more = [f"{len(coaches) - _MAX_NAMED} more"] if len(coaches) > _MAX_NAMED else []
    return ", ".join(named + more)
