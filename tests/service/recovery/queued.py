"""Changes in the queue, as tests make them."""

import datetime

from bot.domain.commands import Request, Submit
from bot.domain.pending import PendingOperation
from bot.domain.values import Actor, Submission
from tests.service.scene import DANA, fresh

EVENING = datetime.datetime(2026, 11, 24, 4, 59, 30, tzinfo=datetime.UTC)
"""23:59:30 on Monday in New York."""


def pending_of(
    sent: Request | Submission, actor: Actor = DANA, sent_at: datetime.datetime = EVENING
) -> PendingOperation:
    request = Submit(sent) if isinstance(sent, Submission) else sent
    return PendingOperation(fresh(), actor, sent_at, request)
