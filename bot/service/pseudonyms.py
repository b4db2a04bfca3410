"""Pseudonyms of users for the log: lines of one user can be told from others', and nobody knows who it is."""

import hmac
import secrets
from typing import Final

from bot.domain.values import UserId

_KEY: Final = secrets.token_bytes(32)
"""Of this process alone, and stored nowhere: users have too few ids to be hidden by a hash without a key."""
_LENGTH: Final = 12


def pseudonym(user_id: UserId) -> str:
    """Return the user's pseudonym, which is another one after each start."""
    return hmac.digest(_KEY, str(user_id).encode(), "sha256").hex()[:_LENGTH]
