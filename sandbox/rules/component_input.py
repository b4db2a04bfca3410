"""Rules on a client's use of buttons and select menus."""

from collections.abc import Sequence

from sandbox.rules.errors import Json
from sandbox.rules.selects import STRING
from sandbox.rules.validators import Form, as_int, required

BUTTON, LINK = 2, 5


def check_press(component: Json, values: Sequence[str] | None = None) -> None:
    """Check that a user can click this button (`values` None) or choose these values.

    Raises:
        FieldErrors: a client would not send it.
    """
    form = Form({"component": component, "values": values})
    if component.get("disabled"):
        form["component"].refuse("COMPONENT_DISABLED", "It is disabled")
    if component["type"] == BUTTON:
        if component["style"] == LINK:
            form["component"].refuse("COMPONENT_IS_LINK", "It is a link")
        if values is not None:
            form["values"].refuse("COMPONENT_WITHOUT_VALUES", "A button has no values")
    elif values is None:
        required(form["values"])
    else:
        _check_values(form["values"], component)
    form.finish()


def _check_values(form: Form, component: Json) -> None:
    least, most = as_int(component.get("min_values"), 1), as_int(component.get("max_values"), 1)
    if not least <= len(form.value) <= most:
        form.refuse("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
    if len(set(form.value)) != len(form.value):
        form.refuse("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
    if component["type"] == STRING:
        allowed = [option["value"] for option in component["options"]]
        if any(value not in allowed for value in form.value):
            form.refuse("BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")
