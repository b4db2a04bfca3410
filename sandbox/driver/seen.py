"""Live views of messages and modals as a user sees them; they show later edits too."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox import rules
from sandbox.driver.errors import ActionFailedError
from sandbox.interactions.interaction import Interaction
from sandbox.messages.components import every_component
from sandbox.world.entities import Json, Message

_BUTTON, _TEXT_INPUT, _TEXT_DISPLAY = 2, 4, 10
_SELECTS = frozenset({3, 5, 6, 7, 8})
_LINK_STYLES = frozenset({5, 6})


@dataclass
class Field:
    """An input of a modal."""

    custom_id: str
    label: str
    value: str
    """Current text of a text input. The preset values of other inputs are in `component`."""
    component: Json

    @property
    def is_text(self) -> bool:
        """True for a text input."""
        return self.component["type"] == _TEXT_INPUT

    @property
    def shown(self) -> str:
        """The text of a text input, or the labels of the preset options."""
        chosen = [option["label"] for option in self.component.get("options") or () if option.get("default")]
        return self.value or ", ".join(chosen)


@dataclass
class Form:
    """An open modal."""

    title: str
    custom_id: str
    fields: list[Field]
    sent: bool = False

    def field(self, name: str) -> Field:
        """Return the input with this label or custom_id.

        Raises:
            ActionFailedError: there is none.
        """
        for each in self.fields:
            if name in (each.label, each.custom_id):
                return each
        raise ActionFailedError(f"the form {self.title!r} has no field {name!r}")


@dataclass(frozen=True)
class Picture:
    """A media gallery item as the client downloaded it."""

    filename: str
    data: bytes
    description: str | None


@dataclass
class Seen:
    """The result of an action, or a message in a channel."""

    message: Message | None = None
    interaction: Interaction | None = None
    form: Form | None = None
    """The modal that opened instead of a message."""

    @property
    def shown(self) -> Message:
        """The message.

        Raises:
            ActionFailedError: there is none, as a form opened instead.
        """
        if self.message is None:
            raise ActionFailedError("there is no message here")
        return self.message

    @property
    def text(self) -> str:
        """All visible text: content, embeds, text displays, from top to bottom."""
        return "\n".join(self._texts())

    @property
    def ephemeral(self) -> bool:
        """True if it is marked "Only you can see this"."""
        return self.message is not None and self.message.ephemeral

    @property
    def buttons(self) -> list[str]:
        """The labels of the enabled buttons, from top to bottom."""
        return [
            each.get("label") or "" for each in self.components if each["type"] == _BUTTON and not each.get("disabled")
        ]

    @property
    def choices(self) -> list[str]:
        """The labels of the select menus' options."""
        return [option["label"] for each in self.selects for option in each.get("options", ())]

    @property
    def selects(self) -> list[Json]:
        """The select menus as Discord's JSON."""
        return [each for each in self.components if each["type"] in _SELECTS]

    @property
    def files(self) -> list[str]:
        """The names of the files."""
        return [each.filename for each in self.message.attachments] if self.message else []

    @property
    def followups(self) -> list["Seen"]:
        """Followup messages of the same interaction."""
        return [Seen(each, self.interaction) for each in self.interaction.followups] if self.interaction else []

    @property
    def components(self) -> list[Json]:
        """All components, those inside others after these."""
        return list(every_component(self.message.components)) if self.message else []

    def button(self, name: str) -> Json:
        """Return the button with this label or custom_id.

        Raises:
            ActionFailedError: there is none, it is disabled, or it is a link.
        """
        for each in self.components:
            if each["type"] == _BUTTON and name in (each.get("label"), each.get("custom_id")):
                if each.get("disabled") or each["style"] in _LINK_STYLES:
                    raise ActionFailedError(f"the button {name!r} can't be pressed")
                return each
        raise ActionFailedError(f"there is no button {name!r}, only {self.buttons}")

    def _texts(self) -> Iterator[str]:
        if self.form:
            yield self.form.title
        if self.message is None:
            return
        if self.message.content:
            yield self.message.content
        for embed in self.message.embeds:
            yield from (embed[key] for key in ("title", "description") if embed.get(key))
            yield from (f"{each['name']}\n{each['value']}" for each in embed.get("fields", ()))
        yield from (each["content"] for each in self.components if each["type"] == _TEXT_DISPLAY)


def form_of(modal: Json) -> Form:
    """Return a modal as a user sees it when it opens."""
    fields = [Field(each["custom_id"], label, each.get("value") or "", each) for each, label in rules.fields_of(modal)]
    return Form(modal["title"], modal["custom_id"], fields)
