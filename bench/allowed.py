"""The statements and steps that each request may take: the one place where they stand.

They are those of a second such request among 10,000 plans of other days and guilds (`bench.requests`,
`bench.program_requests`, `bench.counts`).
A change that needs more raises its lines here and says why; one that needs less lowers them, as tests/bench demands.
Reading a plan takes a few steps for its lineage, and each new revision some 80 to look in it for one with the same
text and charts: that needs no statement of its own (`bot.service.records.revisions`). Reading a revision takes a few to
tell an erased text from an empty one, the first page of a live search two statements for the last revision that those
after it count, and a draft is used with one statement more: it may be a newer command's.
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
    """True: it takes more in a larger database: up to a full page, twelve weeks or the work that is counted, or without
    a bound, which is still to be ended."""


ALLOWED: dict[str, Allowed] = {
    "plan for a program": Allowed(3, 200),
    "revisions for a program": Allowed(5, 640),
    "plans for a program, member": Allowed(3, 2_560),
    "plans for a program, manager": Allowed(3, 2_120),
    "plans for a program, older page": Allowed(3, 2_560),
    "plans of a coach for a program": Allowed(3, 2_830),
    "plans of a day for a program": Allowed(4, 410),
    "chart for a program": Allowed(4, 280),
    "search of a program": Allowed(9, 4_860),
    "export begun": Allowed(1, 20),
    "changes, from now on": Allowed(2, 90),
    "changes, none is new": Allowed(2, 40),
    "export, a page": Allowed(3, 3_160),
    "export, a page with revisions": Allowed(4, 4_180),
    "show by day, member": Allowed(2, 170),
    "show by day, manager": Allowed(2, 130),
    "show by id, member": Allowed(2, 160),
    "show by id, manager": Allowed(2, 130),
    "rights to a plan": Allowed(0, 0),
    "list of a day, member": Allowed(2, 290),
    "list of a day, manager": Allowed(2, 230),
    "today, member": Allowed(4, 370),
    "today, manager": Allowed(4, 320),
    "list of all, member": Allowed(2, 1_200),
    "list of all, manager": Allowed(2, 950),
    "list of all, older page, member": Allowed(2, 1_470),
    "list of all, newer page, member": Allowed(2, 1_470),
    "list of all, older page, manager": Allowed(2, 1_140),
    "list of a coach": Allowed(2, 700),
    "list of one's own": Allowed(2, 1_470),
    "search, member": Allowed(4, 700),
    "search, manager": Allowed(4, 560),
    "search of a coach and days": Allowed(4, 830),
    "search of earlier texts": Allowed(4, 530),
    "search, older page": Allowed(4, 700),
    "form to post": Allowed(1, 20),
    "form of a draft": Allowed(0, 0),
    "form to edit": Allowed(2, 160),
    "question to delete": Allowed(2, 160),
    "outcome of an interaction": Allowed(1, 30),
    "plan of a card": Allowed(0, 0),
    "plan saved from a message": Allowed(1, 120),
    "plans to add charts to": Allowed(2, 3_070, grows=True),
    "plans of a member today": Allowed(2, 190),
    "panel of a plan": Allowed(2, 160),
    "command to undo": Allowed(3, 200),
    "history show by day": Allowed(4, 400),
    "history show by id": Allowed(4, 300),
    "history revision": Allowed(4, 240),
    "history compare": Allowed(5, 260),
    "history compare by time": Allowed(6, 340),
    "what changed": Allowed(7, 370),
    "history at": Allowed(4, 240),
    "history revert, question": Allowed(4, 240),
    "suggest coaches": Allowed(0, 0),
    "suggest coaches to change": Allowed(0, 0),
    "suggest days": Allowed(0, 0),
    "suggest revisions": Allowed(3, 400),
    "suggest revisions and times": Allowed(3, 520),
    "suggest charts": Allowed(2, 170),
    "admin stats": Allowed(4, 20_650, grows=True),
    "admin settings": Allowed(0, 0),
    "calendars that are missing": Allowed(2, 750, grows=True),
    "health: calendar": Allowed(0, 0),
    "admin coach list": Allowed(2, 100),
    "coaches of admin setup": Allowed(2, 100),
    "health: drafts waiting": Allowed(1, 10),
    "health: cards waiting": Allowed(4, 6_420, grows=True),
    "health: cards failing": Allowed(1, 40),
    "health: cards lacking pictures": Allowed(2, 40),
    "health: stray messages": Allowed(1, 20),
    "news for a manager": Allowed(1, 50),
    "templates of a coach": Allowed(2, 50),
    "form from a template": Allowed(3, 70),
    "suggest templates": Allowed(1, 30),
    "drafts of a writer": Allowed(2, 40),
    "post": Allowed(7, 950, writes=1),
    "post with 2 charts": Allowed(11, 1_430, writes=1),
    "save a draft with 2 pictures": Allowed(6, 220, writes=1),
    "edit by id": Allowed(7, 770, writes=1),
    "edit by day": Allowed(7, 770, writes=1),
    "edit merged with another": Allowed(8, 840, writes=1),
    "delete": Allowed(7, 760, writes=1),
    "restore": Allowed(9, 990, writes=1),
    "revert": Allowed(8, 830, writes=1),
    "add 2 charts": Allowed(8, 1_160, writes=1),
    "move a chart": Allowed(9, 1_360, writes=1),
    "caption a chart": Allowed(8, 1_200, writes=1),
    "remove a chart": Allowed(9, 1_110, writes=1),
    "write a read marker": Allowed(1, 50, writes=1),
    "card begun": Allowed(4, 350, writes=1),
    "card shown": Allowed(2, 270, writes=1),
    "card failed": Allowed(3, 300, writes=1),
    "message deleted, a card": Allowed(4, 360, writes=1),
    "stray message found": Allowed(4, 220, writes=1),
    "card of a plan": Allowed(1, 60),
    "cards to send": Allowed(1, 20),
    "channels with cards to renew": Allowed(1, 40),
    "card to renew": Allowed(1, 30),
    "cards to retry": Allowed(1, 20),
    "channels that fail, of a guild": Allowed(1, 120),
    "channels that fail, of a channel": Allowed(1, 120),
    "recent cards of a guild": Allowed(2, 1_960),
    "try without an answer": Allowed(1, 20),
    "message deleted, no card": Allowed(1, 60),
    "channel deleted": Allowed(2, 60),
    "thread opened": Allowed(1, 20),
    "pictures expected": Allowed(1, 10),
    "sweep": Allowed(9, 550, writes=4),
    "override a day": Allowed(2, 170, writes=1),
    "card to renew after a rename": Allowed(1, 580),
    "changes, one is new": Allowed(5, 200),
    "changes, after one that is known": Allowed(3, 140),
}
