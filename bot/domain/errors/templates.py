"""Refusals about templates."""

from bot.domain.errors.base import RefusalError
from bot.domain.values import MAX_TEMPLATE_NAME, MAX_TEMPLATES, Coach, Template


class TemplateError(RefusalError):
    """The template can’t be found or saved."""


class NotYourTemplatesError(TemplateError):
    """The user is not a member of the coach."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(f"Only {coach.name}’s team can see and change its templates.")


class NoTemplateError(TemplateError):
    """The template was deleted, or there never was one with this name or id."""

    def __init__(self) -> None:
        super().__init__("There is no such template; it may have been deleted. See all with /plan template.")


class TemplateNameError(TemplateError):
    """The words can’t be the name of a template."""

    def __init__(self) -> None:
        super().__init__(
            f"A template’s name needs 1 to {MAX_TEMPLATE_NAME} characters on one line. Choose another name, then send "
            "it again."
        )


class TemplateExistsError(TemplateError):
    """The coach has another template with this name."""

    def __init__(self, template: Template) -> None:
        super().__init__(
            f"{template.coach.name} already has a template named {template.name}. Choose another name, then send it "
            "again, or edit that template."
        )


class TemplateChangedError(TemplateError):
    """The template was changed after the user opened it. Nothing was overwritten."""

    def __init__(self, template: Template) -> None:
        super().__init__(f"The template {template.name} was changed after you opened it. Nothing was overwritten.")
        self.template = template


class TooManyTemplatesError(TemplateError):
    """The coach has as many templates as a coach can have."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"{coach.name} has {MAX_TEMPLATES} templates, the most that a coach can have. Delete one, then send this "
            "again."
        )
