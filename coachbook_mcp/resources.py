"""The resources: the newest plans, and those that mention a ticker."""

from typing import Final

from mcp.shared.uri_template import UriTemplate
from mcp.types import Resource, ResourceTemplate

from coachbook_mcp.arguments import OfDays
from coachbook_mcp.errors import QuestionError
from coachbook_mcp.reader import Reader
from coachbook_mcp.texts import text_of_newest
from coachbook_mcp.tickers import Ticker
from coachbook_mcp.tools import UNTRUSTED

MEDIA_TYPE: Final = "text/plain"
NEWEST: Final = Resource(
    uri="coach://plans",
    name="plans",
    title="The newest plans",
    description=f"Plans with their texts, the newest trading day first. {UNTRUSTED}",
    mime_type=MEDIA_TYPE,
)
OF_TICKER: Final = ResourceTemplate(
    uri_template="coach://plans/{ticker}",
    name="plans_of_ticker",
    title="Plans that mention a ticker",
    description=f"The newest plans whose text has the ticker as a whole word, such as NQ or BRK.B. {UNTRUSTED}",
    mime_type=MEDIA_TYPE,
)
_TICKER: Final = UriTemplate.parse(OF_TICKER.uri_template)


async def read(reader: Reader, uri: str) -> str:
    """Return the text of a resource.

    Raises:
        CoachbookError: the API does not answer.
        QuestionError: there is no resource with this address.
    """
    if uri == NEWEST.uri:
        return text_of_newest(await reader.list_plans(OfDays()), "list_plans")
    matched = _TICKER.match(uri)
    if matched is None:
        raise QuestionError(f"There is no such resource. Read {NEWEST.uri} or {OF_TICKER.uri_template}.")
    return text_of_newest(await reader.mentions(Ticker.parse(str(matched["ticker"]))), "search")
