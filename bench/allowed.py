"""The statements and steps that each request may take: the one place where they stand.

They are those of a second such request among 10,000 plans of other days and guilds (`bench.requests`, `bench.counts`).
A change that needs more raises its lines here and says why; one that needs less lowers them, as tests/bench demands.
`python -m bench.counts` prints the table as it is now.
"""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Allowed:
    """The most that a request may take."""

    statements: int
    steps: int
    """Of SQLite's virtual machine."""
    writes: int = 0
    """Transactions that write."""
    target: int | None = None
    """The statements to be reached; None: they are."""
    grows: bool = False
    """True: it takes more in a larger database, which is still to be ended."""


ALLOWED: dict[str, Allowed] = {
    "show by day, member": Allowed(2, 160),
    "show by day, manager": Allowed(2, 130),
    "show by id, member": Allowed(2, 160),
    "show by id, manager": Allowed(2, 130),
    "rights to a plan": Allowed(0, 0),
    "list of a day, member": Allowed(3, 380, target=2),
    "list of a day, manager": Allowed(3, 270, target=2),
    "list of all, member": Allowed(3, 141_270, target=2, grows=True),
    "list of all, manager": Allowed(3, 35_940, target=2, grows=True),
    "list of all, last page, member": Allowed(3, 430_340, target=2, grows=True),
    "list of all, last page, manager": Allowed(3, 220_230, target=2, grows=True),
    "list of a coach": Allowed(3, 145_120, target=2, grows=True),
    "list of one's own": Allowed(3, 78_020, target=2, grows=True),
    "form to post": Allowed(1, 20),
    "form to edit": Allowed(2, 160),
    "question to delete": Allowed(2, 160),
    "outcome of an interaction": Allowed(1, 20),
    "plan of a card": Allowed(0, 0),
    "plan saved from a message": Allowed(1, 110),
    "plans to add charts to": Allowed(2, 830),
    "plans of a member today": Allowed(2, 180),
    "charts to choose from": Allowed(2, 160),
    "history show by day": Allowed(4, 12_000, grows=True),
    "history show by id": Allowed(4, 11_930, grows=True),
    "history revision": Allowed(4, 220),
    "history compare": Allowed(5, 240),
    "history at": Allowed(4, 220),
    "history revert, question": Allowed(4, 220),
    "suggest coaches": Allowed(0, 0),
    "suggest coaches to change": Allowed(0, 0),
    "suggest days": Allowed(0, 0),
    "suggest revisions": Allowed(3, 350),
    "suggest charts": Allowed(2, 160),
    "admin stats": Allowed(7, 275_770, grows=True),
    "admin settings": Allowed(0, 0),
    "admin coach list": Allowed(2, 45_160, grows=True),
    "health: drafts waiting": Allowed(1, 1_010, grows=True),
    "health: cards waiting": Allowed(2, 64_040, grows=True),
    "health: cards failing": Allowed(1, 35_040, grows=True),
    "health: cards lacking pictures": Allowed(2, 40_040, grows=True),
    "health: stray messages": Allowed(1, 310, grows=True),
    "news for a manager": Allowed(1, 35_040, grows=True),
    "drafts of a writer": Allowed(1, 770, grows=True),
    "quotas of a writer": Allowed(1, 760, grows=True),
    "post": Allowed(7, 690, writes=1),
    "post with 2 charts": Allowed(11, 1_040, writes=1),
    "save a draft with 2 pictures": Allowed(7, 1_680, writes=1, grows=True),
    "edit by id": Allowed(7, 540, writes=1),
    "edit by day": Allowed(7, 550, writes=1),
    "delete": Allowed(7, 540, writes=1),
    "restore": Allowed(9, 750, writes=1),
    "revert": Allowed(8, 570, writes=1),
    "add 2 charts": Allowed(8, 840, writes=1),
    "move a chart": Allowed(9, 910, writes=1),
    "caption a chart": Allowed(8, 760, writes=1),
    "remove a chart": Allowed(9, 870, writes=1),
    "card begun": Allowed(4, 300, writes=1),
    "card shown": Allowed(2, 230, writes=1),
    "card failed": Allowed(3, 250, writes=1),
    "message deleted, a card": Allowed(3, 270, writes=1),
    "stray message found": Allowed(4, 200, writes=1),
    "card of a plan": Allowed(1, 60),
    "cards to send": Allowed(1, 1_870, grows=True),
    "cards to renew": Allowed(1, 1_220, grows=True),
    "cards to retry": Allowed(1, 1_370, grows=True),
    "channels that fail, of a guild": Allowed(1, 35_220, grows=True),
    "channels that fail, of a channel": Allowed(1, 35_230, grows=True),
    "recent cards of a guild": Allowed(2, 103_750, grows=True),
    "try without an answer": Allowed(1, 700, grows=True),
    "message deleted, no card": Allowed(2, 40, writes=1, target=1),
    "channel deleted": Allowed(3, 380_780, writes=1, grows=True),
    "thread opened": Allowed(1, 20),
    "pictures expected": Allowed(1, 10),
    "sweep": Allowed(8, 1_200, writes=1, grows=True),
    "cards to renew after a rename": Allowed(1, 92_600, grows=True),
}
