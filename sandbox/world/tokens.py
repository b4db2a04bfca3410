"""Tokens in Discord's format."""

import base64
import secrets


def bot_token(user_id: int) -> str:
    """Return a new bot token: the user's id, a timestamp and a secret, each in base64."""
    return f"{_base64(str(user_id).encode())}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"


def interaction_token(interaction_id: int) -> str:
    """Return a new interaction token, opaque and of the length of Discord's."""
    return _base64(f"interaction:{interaction_id}:{secrets.token_urlsafe(96)}".encode())


def session_id() -> str:
    """Return a new id of a gateway session."""
    return secrets.token_hex(16)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
