"""How much of something there may be."""

import dataclasses

MOST_CHARTS = 10
"""On a plan: what one gallery of Discord's shows (Component Reference, Media Gallery)."""
REVISIONS_ON_PAGE = 10
COACHES_ON_PAGE = 10
MOST_COACHES_IN_FILE = 1000
"""That an import takes in at once."""
LONGEST_NAME = 100
"""Characters in the name of a coach or a file."""
LONGEST_CAPTION = 100
"""Characters in the caption of a chart."""
LONGEST_FORM = 4000
"""Code points that one text field of a Discord modal takes."""
LONGEST_TEXT = 40_000
"""Characters of a plan that the book keeps, wherever it comes from; the configuration has less for what is posted."""
LONGEST_NOTE = 10_000
"""Characters that a revision may note."""
MOST_CHOICES = 25
"""That Discord shows while one types (Discord's documentation, Option Choice)."""
MOST_EXPORTED = 2_000
"""Plans in one export: seven years of one coach."""
LONGEST_CHOICE = 100
"""Characters of the name, and of the value, of each of them."""


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How much of something there may be; the configuration may set others."""

    plan_text: int = 4000
    """Code points in a plan: what one text field of a Discord modal takes."""
    plans_on_page: int = 10
    draft_days: int = 30
    """Days after which an unused draft is thrown away."""
    chart_mib: int = 10
    """Of a picture's bytes: what a server without boosts lets anyone send (Discord, Uploading Files)."""
    chart_megapixels: int = 40
    """Of a picture's width times height; a screen of 8K has 33."""
    chart_seconds: int = 60
    """How long fetching one picture may take."""
    chart_wait_seconds: int = 5
    """Seconds that a plan waits for its other pictures once the first is there; later ones are added to it."""
    reserve_mib: int = 200
    """Of the pictures' disk, held back for texts: no picture is taken that would leave less."""


@dataclasses.dataclass(frozen=True, slots=True)
class Quotas:
    """Limits on what one user of a server, and all of a server, may have waiting; the configuration may set others."""

    user_drafts: int = 20
    """At most what a select menu of Discord's has (25 options)."""
    server_drafts: int = 500
    user_draft_mib: int = 300
    """Of the texts and pictures of drafts: no plan shows them."""
    server_draft_mib: int = 3000
    user_queued: int = 50
    """Changes that wait until the database can be written."""
    server_queued: int = 500
    user_queued_mib: int = 2
    """Of what is written down of those changes; pictures are not counted."""
    server_queued_mib: int = 20
    user_messages: int = 5
    """Direct messages in a minute, when the database can be written again."""
    server_messages: int = 30


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """The used part of a quota."""

    used: int
    most: int

    @property
    def is_nearly_full(self) -> bool:
        """True: four fifths are used, which is worth a warning."""
        return self.used * 5 >= self.most * 4
