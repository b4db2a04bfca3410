"""Templates: texts to begin a plan with."""

import dataclasses
import datetime

from bot.domain.values.guilds import Coach
from bot.domain.values.ids import TemplateId, UserId
from bot.domain.values.plans import PostForm


@dataclasses.dataclass(frozen=True, slots=True)
class Template:
    """A text of a coach's team to begin a plan with; it may have placeholders (`bot.domain.templates`)."""

    id: TemplateId
    coach: Coach
    name: str
    text: str
    revision: int
    """Counts from 1; each change is one more."""
    changed_by: UserId
    """The user who saved it last; 0: their id was erased."""
    changed_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class TemplatePanel:
    """The texts that a plan of a coach for a day can begin with."""

    coach: Coach
    day: datetime.date
    templates: tuple[Template, ...]
    """By name."""
    last_day: datetime.date | None
    """The day of the coach's last plan before; None: there is none."""
    others: tuple[Coach, ...] = ()
    """The other coaches whose templates the user may see."""


@dataclasses.dataclass(frozen=True, slots=True)
class BeginsWith:
    """The text that a plan is to begin with."""

    template_id: TemplateId | None
    """None: the coach's last plan."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlanBeginning:
    """The form of a post, and a text to begin the plan with."""

    form: PostForm
    text: str
