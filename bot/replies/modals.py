"""Forms as values: a title and fields to fill in. `bot.discord.modal_fields` gives them Discord's form."""

import dataclasses
from collections.abc import Sequence
from typing import TypeAlias

from bot.domain.values import MAX_FORM_LENGTH, Suggestion


@dataclasses.dataclass(frozen=True, slots=True)
class TextField:
    """A text to write."""

    custom_id: str
    label: str
    value: str = ""
    """The text that it opens with."""
    description: str = ""
    """Empty: none."""
    limit: int = MAX_FORM_LENGTH
    """Characters; a longer `value` fits in any case."""
    is_required: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class SelectField:
    """One of up to 25 options to choose."""

    custom_id: str
    label: str
    options: Sequence[Suggestion]
    chosen: str | None
    """The value of the option that it opens with; None: none."""
    description: str = ""
    """Empty: none."""


@dataclasses.dataclass(frozen=True, slots=True)
class UploadField:
    """Files to add, or none."""

    custom_id: str
    label: str
    description: str
    limit: int
    """Files, 1 to 10."""


ModalField: TypeAlias = TextField | SelectField | UploadField


@dataclasses.dataclass(frozen=True, slots=True)
class Modal:
    """A form to open, with 1 to 5 fields."""

    title: str
    custom_id: str
    fields: Sequence[ModalField]
