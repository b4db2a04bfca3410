"""Rules on the components of a message.

Numbers: Discord's documentation, "Component Reference", and the schemas *ForMessageRequest of the
OpenAPI description.
"""

from collections.abc import Iterator, Mapping

from sandbox.rules.errors import NotKnownError
from sandbox.rules.fields import COMPONENT_ID, CUSTOM_ID, EMOJI, TEXT_DISPLAY
from sandbox.rules.selects import SELECTS
from sandbox.rules.validators import (
    Check,
    Form,
    all_of,
    as_int,
    boolean,
    by_type,
    integer,
    listing,
    model,
    one_of,
    refuse_repeats,
    required,
    snowflake,
    text,
    url,
)

ROW, BUTTON, SECTION, TEXT, THUMBNAIL, GALLERY, FILE = 1, 2, 9, 10, 11, 12, 13
SEPARATOR, CONTAINER = 14, 17
LINK, PREMIUM = 5, 6

MAX_ROWS = 5
MAX_COMPONENTS = 40
MAX_TEXT_LENGTH = 4000
"""Limit of characters in all text displays of a message."""


def check_legacy_components(form: Form) -> None:
    """Check components beside content and embeds: action rows of buttons or of one select menu."""
    form.run(listing(by_type({ROW: _ROW}), 0, MAX_ROWS), _check_ids)


def check_v2_components(form: Form) -> None:
    """Check the components of a Components V2 message."""
    form.run(listing(by_type(_TOP), 0, MAX_COMPONENTS), _check_ids)
    everything = list(walk(form))
    if len(everything) > MAX_COMPONENTS:
        message = f"The maximum number of components in a message is {MAX_COMPONENTS}"
        form.refuse("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    contents = [place["content"].value for place in everything if place["type"].value == TEXT]
    if sum(len(words) for words in contents if isinstance(words, str)) > MAX_TEXT_LENGTH:
        message = f"The total displayable text size of the components exceeded the maximum size of {MAX_TEXT_LENGTH}"
        form.refuse("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def walk(form: Form) -> Iterator[Form]:
    """Yield every component of a list, with nested ones, in reading order."""
    for place in form.items():
        yield place
        yield from walk(place["components"])
        for inner in ("accessory", "component"):
            if not place[inner].absent:
                yield place[inner]


def media(form: Form) -> Iterator[Form]:
    """Yield every media item and file in a list of components, each an object with a `url`."""
    for place in walk(form):
        items = [item["media"] for item in place["items"].items()]
        holders = [place["media"], place["file"], *items]
        yield from (holder for holder in holders if isinstance(holder["url"].value, str))


def _check_ids(form: Form) -> None:
    places = list(walk(form))
    custom_ids = [place["custom_id"] for place in places]
    message = "Component custom id cannot be duplicated"
    refuse_repeats(custom_ids, "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    numbers = [place["id"] for place in places if as_int(place["id"].value)]
    refuse_repeats(numbers, "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")


def _check_button(form: Form) -> None:
    style = as_int(form["style"].value)
    if style == PREMIUM or not form["sku_id"].absent:
        raise NotKnownError("premium buttons")
    if style == LINK:
        if form["url"].absent:
            form["url"].refuse("BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
        _refuse_both(form["custom_id"])
    else:
        if form["custom_id"].absent:
            form["custom_id"].refuse("BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
        _refuse_both(form["url"])
    if not str(form["label"].value or "").strip() and form["emoji"].absent:
        required(form["label"])


def _refuse_both(form: Form) -> None:
    if not form.absent:
        message = "A custom id and url cannot both be specified"
        form.refuse("BUTTON_COMPONENT_CUSTOM_ID_AND_URL", message)


def _check_width(form: Form) -> None:
    """Check that an action row has at most five buttons or one select menu."""
    kinds = [as_int(place["type"].value) for place in form["components"].items()]
    width = sum(1 if kind == BUTTON else 5 for kind in kinds)
    if width > 5:
        last = form["components"][len(kinds) - 1]
        message = "The specified component exceeds the maximum width"
        last.refuse("COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)


def _nothing_else(form: Form) -> None:
    """Check that a file component shows an uploaded file."""
    address = form["file"]["url"]
    if isinstance(address.value, str) and not address.value.startswith("attachment://"):
        scheme = address.value.partition("://")[0]
        message = f"Scheme \"{scheme}\" must be one of ('attachment',)."
        address.refuse("URL_TYPE_INVALID_SCHEME", message)


def _model(fields: Mapping[str, Check], *needed: str) -> Check:
    return model({"id": COMPONENT_ID, **fields}, *needed)


_MEDIA = model({"url": url(2048, "http", "https", "attachment")}, "url")
_DESCRIBED: dict[str, Check] = {
    "media": _MEDIA,
    "description": text(1, 1024),
    "spoiler": boolean,
}

_BUTTON = all_of(
    _model(
        {
            "style": one_of(1, 2, 3, 4, LINK, PREMIUM),
            "custom_id": CUSTOM_ID,
            "label": text(0, 80),
            "url": url(512, "http", "https", "discord"),
            "emoji": EMOJI,
            "sku_id": snowflake,
            "disabled": boolean,
        },
        "style",
    ),
    _check_button,
)
_ROW = all_of(
    _model({"components": listing(by_type({BUTTON: _BUTTON, **SELECTS}), 1, 5)}, "components"),
    _check_width,
)
_SECTION = _model(
    {
        "components": listing(by_type({TEXT: TEXT_DISPLAY}), 1, 3),
        "accessory": by_type({BUTTON: _BUTTON, THUMBNAIL: _model(_DESCRIBED, "media")}),
    },
    "components",
    "accessory",
)
_GALLERY = _model({"items": listing(model(_DESCRIBED, "media"), 1, 10)}, "items")
_FILE = all_of(_model({"file": _MEDIA, "spoiler": boolean}, "file"), _nothing_else)
_SEPARATOR = _model({"divider": boolean, "spacing": one_of(1, 2)})

_INNER: dict[int, Check] = {
    ROW: _ROW,
    SECTION: _SECTION,
    TEXT: TEXT_DISPLAY,
    GALLERY: _GALLERY,
    FILE: _FILE,
    SEPARATOR: _SEPARATOR,
}
_CONTAINER = _model(
    {
        "components": listing(by_type(_INNER), 1, MAX_COMPONENTS),
        "accent_color": integer(0, 0xFFFFFF),
        "spoiler": boolean,
    },
    "components",
)
_TOP: dict[int, Check] = {**_INNER, CONTAINER: _CONTAINER}
