"""A client of Coachbook’s API: plans of trading coaches, as they were known at any moment.

with Client("http://127.0.0.1:8080", "cbf_...") as coachbook:
    plan = coachbook.plan_of("d", datetime.date(2026, 11, 23), as_of="session_open")
"""

try:
    from coachbook_client.asynchronous import AsyncClient
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("The client needs httpx. Install it: pip install 'coachbook[client]'.") from error
from coachbook_client.errors import (
    CoachbookError,
    DeletedError,
    IncompleteError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    TamperedError,
    UnauthorizedError,
    UnavailableError,
    UnprovableError,
    UnreadableError,
)
from coachbook_client.proofs import verify
from coachbook_client.synchronous import Client
from coachbook_client.values import AsOf, Change, Chart, Coach, Hit, Page, Plan, Proof, Resync, Revision, State

VERSION = "0.2.0"

__all__ = [
    "VERSION",
    "AsOf",
    "AsyncClient",
    "Change",
    "Chart",
    "Client",
    "Coach",
    "CoachbookError",
    "DeletedError",
    "Hit",
    "IncompleteError",
    "InvalidError",
    "NotFoundError",
    "Page",
    "Plan",
    "Proof",
    "RateLimitedError",
    "Resync",
    "Revision",
    "State",
    "TamperedError",
    "UnauthorizedError",
    "UnavailableError",
    "UnprovableError",
    "UnreadableError",
    "verify",
]
