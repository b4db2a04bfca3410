"""The gateway's close codes (page "Opcodes and status codes")."""

import enum


class CloseCode(enum.IntEnum):
    """The gateway's close codes."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    SHARDING_REQUIRED = 4011
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014

    @classmethod
    def resumable(cls) -> frozenset[int]:
        """Return the codes after which a session can still be resumed."""
        return frozenset(
            {
                cls.UNKNOWN_ERROR,
                cls.UNKNOWN_OPCODE,
                cls.DECODE_ERROR,
                cls.NOT_AUTHENTICATED,
                cls.ALREADY_AUTHENTICATED,
                cls.RATE_LIMITED,
                1006,
            }
        )


class ClosingError(Exception):
    """The connection is to be closed with a code."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        """Close with `code`."""
        super().__init__(f"{int(code)} {reason}")
        self.code = code
        self.reason = reason
