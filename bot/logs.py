"""The log of the bot and its libraries, in one format on one stream, with secrets redacted."""

import logging
import sys
from typing import TextIO

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.config.settings import LogSection
from bot.redaction import masked


def set_up_logs(log: LogSection, token: SecretStr | None) -> None:
    """Send every log line of this process to one stream, as `log` says.

    Args:
        log: the level, the format and the stream.
        token: redacted in every line. None: no token yet.
    """
    stream = sys.stdout if log.stream == "stdout" else sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_common(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(log.format, stream),
                _Redaction(token),  # last, so that it sees the whole line, tracebacks too
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(log.level.upper())
    logging.getLogger("peewee").setLevel(logging.INFO)  # debug lines have plans' texts
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


class _Redaction:
    """Hides the token in a rendered line."""

    def __init__(self, token: SecretStr | None) -> None:
        self._token = token

    def __call__(self, logger: WrappedLogger, method: str, line: EventDict) -> str:
        return masked(str(line), self._token.get_secret_value() if self._token else "")


def _common() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _rendering(form: str, stream: TextIO) -> list[Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # A plain traceback: the rich one shows local variables, and breaks long words in two, which redaction would miss.
    return [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)]
