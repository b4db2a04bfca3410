"""Limits and quotas."""

import dataclasses
import datetime

MAX_CHARTS = 10
"""Charts per plan: the items of one media gallery (Discord, Component Reference)."""
REVISIONS_ON_PAGE = 10
COACHES_ON_PAGE = 10
TODAY_ON_PAGE = 20
"""Plans on a page of today’s."""
COACHES_IN_SETUP = 5
"""Coaches on a page of the setup panel: each takes three of a message's 40 components."""
MAX_CHOSEN = 25
"""Values of a select menu (Discord's documentation, Component Reference)."""
MAX_COACHES_PER_FILE = 1000
"""Coaches in one import."""
MAX_NAME_LENGTH = 100
"""Characters in the name of a coach or a file."""
MAX_COACH_PICTURE = 512 * 2**10
"""Bytes in the picture of a coach: a card has room for it beside its charts."""
MAX_CAPTION_LENGTH = 100
"""Characters in the caption of a chart."""
MAX_FORM_LENGTH = 4000
"""Code points in a text input of a Discord modal."""
MAX_TEXT_LENGTH = 40_000
"""Characters in a stored plan of any source; the configuration has a lower limit for posted ones."""
MAX_NOTE_LENGTH = 10_000
"""Characters in a revision's note."""
MAX_TEMPLATES = 10
"""Templates of a coach."""
MAX_TEMPLATE_NAME = 50
"""Characters in the name of a template."""
SHORT_HASH = 8
"""Digits of a revision's hash, where it is shown to people."""
UNDO_TIME = datetime.timedelta(minutes=5)
"""For so long a change can be undone by its receipt."""
MAX_CHOICES = 25
"""Autocomplete choices (Discord's documentation, Option Choice)."""
MAX_EXPORTED = 2_000
"""Plans in one export: seven years of one coach."""
MAX_CHOICE_LENGTH = 100
"""Characters in the name, and in the value, of an autocomplete choice."""


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """Configurable limits, with their defaults."""

    plan_text: int = 4000
    """Code points in a plan, as in a text input of a Discord modal."""
    plans_on_page: int = 10
    draft_days: int = 30
    """Days after which an unused draft is deleted."""
    chart_mib: int = 10
    """Size of a picture: the upload limit of a server without boosts (Discord, Uploading Files)."""
    chart_megapixels: int = 40
    """Width times height of a picture; an 8K screen has 33."""
    chart_seconds: int = 60
    """Timeout for downloading a picture."""
    chart_wait_seconds: int = 5
    """Seconds that a plan waits for further pictures after the first; later ones are added to it."""
    reserve_mib: int = 200
    """Free space on the pictures' disk reserved for texts: pictures that would leave less are rejected."""


@dataclasses.dataclass(frozen=True, slots=True)
class Quotas:
    """Configurable limits of drafts, queued changes and messages per user and per server, with their defaults."""

    user_drafts: int = 20
    """At most 25, the options of a select menu."""
    server_drafts: int = 500
    user_draft_mib: int = 300
    """Texts and pictures of drafts that no plan shows."""
    server_draft_mib: int = 3000
    user_queued: int = 50
    """Changes queued until the database can be written."""
    server_queued: int = 500
    user_queued_mib: int = 2
    """Size of the queued changes without pictures."""
    server_queued_mib: int = 20
    user_messages: int = 5
    """Direct messages per minute after the database can be written again."""
    server_messages: int = 30


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """Usage of a quota."""

    used: int
    limit: int

    @property
    def is_full(self) -> bool:
        """True if nothing is left."""
        return self.used >= self.limit

    @property
    def is_nearly_full(self) -> bool:
        """True if four fifths are used, which warrants a warning."""
        return self.used * 5 >= self.limit * 4
