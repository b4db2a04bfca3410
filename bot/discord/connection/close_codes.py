"""The codes with which Discord closes a gateway connection, with advice for operators.

Source: Discord's documentation, Opcodes and Status Codes, Gateway Close Event Codes.
"""

from typing import Final

FINAL: Final = {
    4004: (
        "the token is not valid any more. Make a new one on the application's page (Bot, Reset Token), put it where "
        "DISCORD_TOKEN or DISCORD_TOKEN_FILE says, and start the bot again"
    ),
    4010: "the shard's number is not valid. Update Coachbook; if it stays like this, report it",
    4011: (
        "the bot is in too many servers for one connection (2,500 or more). Coachbook can't serve them: remove it from "
        "some servers, or run a second application"
    ),
    4012: "this version of the gateway is not offered any more. Update Coachbook",
    4013: "the intents are not valid. Update Coachbook; if it stays like this, report it",
    4014: (
        "an intent is not allowed. Coachbook asks for no privileged intent, so see the application's page (Bot) for "
        "what was restricted, and start the bot again"
    ),
}
"""The codes after which reconnecting is of no use: the meaning, and what to do."""

NEW_SESSION: Final = frozenset({4003, 4007, 4009})
"""The codes after which the session can't be resumed, and a new one begins."""

_PASSING: Final = {
    4000: "Discord does not know what went wrong",
    4001: "Discord did not know an opcode",
    4002: "Discord could not read a payload",
    4003: "a payload was sent before the session had begun",
    4005: "the session had begun already",
    4007: "the sequence number was not valid",
    4008: "payloads were sent too quickly",
    4009: "the session timed out",
}


def explanation(code: int, reason: str) -> str:
    """Return the meaning of a close code, and what to do if anything; `reason` is Discord's, "" if none."""
    meaning = FINAL.get(code) or _PASSING.get(code) or "a code without a meaning of its own"
    quoted = f' (Discord said "{reason}")' if reason else ""
    return f"{meaning}{quoted}"
