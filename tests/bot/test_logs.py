"""The log: one form for the bot and its libraries, and no secret in any line."""

import json
import logging
import re

import pytest
import structlog
from pydantic import SecretStr

from bot.config.settings import LogSection
from bot.logs import set_up_logs
from bot.redaction import masked

TOKEN = "not-shaped-like-discords"
SHAPED = "MTE4MDc1NDMyMTA5ODc2NTQzMg.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"


@pytest.fixture(autouse=True)
def _leave_the_log_as_it_was():
    root = logging.getLogger()
    handlers, level, configuration = root.handlers, root.level, structlog.get_config()
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**configuration)


@pytest.fixture
def lines(capsys):
    """Tells what was written to stderr since it was last asked."""
    return lambda: capsys.readouterr().err.splitlines()


def fail(secret: str) -> None:
    raise ValueError(f"refused: {secret}")


def test_the_bot_and_its_libraries_log_in_one_form(lines):
    set_up_logs(LogSection(format="json"), None)

    structlog.get_logger("bot.app").info("started", plans=3)
    logging.getLogger("hikari.gateway").warning("late by %s s", 5)

    ours, theirs = (json.loads(line) for line in lines())
    assert (ours["event"], ours["level"], ours["logger"], ours["plans"]) == ("started", "info", "bot.app", 3)
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("late by 5 s", "warning", "hikari.gateway")
    for line in (ours, theirs):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])


def test_the_log_is_on_standard_output_where_that_is_set(capsys):
    set_up_logs(LogSection(format="json", stream="stdout"), None)

    structlog.get_logger("bot").info("started")

    written = capsys.readouterr()
    assert json.loads(written.out)["event"] == "started"
    assert written.err == ""


def test_what_is_below_the_level_is_left_out(lines):
    set_up_logs(LogSection(level="warning"), None)

    structlog.get_logger("bot").info("quiet")
    logging.getLogger("hikari").info("quiet")
    structlog.get_logger("bot").warning("loud")

    (line,) = lines()
    assert "loud" in line


@pytest.mark.parametrize("form", ["console", "json"])
def test_the_token_is_in_no_line(lines, form):
    set_up_logs(LogSection(format=form), SecretStr(TOKEN))
    log = structlog.get_logger("bot")

    log.warning(TOKEN, value=TOKEN, nested={"deep": [SHAPED]})
    logging.getLogger("hikari").warning("sent %s", {"Authorization": f"Bot {TOKEN}"})
    try:
        fail(TOKEN)
    except ValueError:
        log.exception("failed")
        logging.getLogger("hikari").exception("failed too")

    text = "\n".join(lines())
    assert TOKEN not in text
    assert SHAPED not in text
    assert text.count("refused: [hidden]") == 2
    assert text.count("Traceback") == 2


def test_setting_up_twice_writes_each_line_once(lines):
    set_up_logs(LogSection(), None)
    set_up_logs(LogSection(), None)

    structlog.get_logger("bot").info("started")

    assert len(lines()) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"token {SHAPED}.", "token [hidden]."),
        ("POST /webhooks/123/aW50ZXJhY3Rpb246MTIz-4567_89/messages", "POST /webhooks/123/[hidden]/messages"),
        ("POST /interactions/123/aW50ZXJhY3Rpb246MTIz/callback", "POST /interactions/123/[hidden]/callback"),
        (f"Authorization: Bearer cbf_{'x-' * 21}x", "Authorization: Bearer [hidden]"),
        ("at https://user:pass@host/api", "at https://[hidden]@host/api"),
        ("at https://host:80/a@2x.png", "at https://host:80/a@2x.png"),
        ("GET /x?Access_Token=abc&page=2", "GET /x?Access_Token=[hidden]&page=2"),
        ("plan 123 of 2026-11-23 is at revision 4", "plan 123 of 2026-11-23 is at revision 4"),
        ("bot.service.plans.PlanService", "bot.service.plans.PlanService"),
    ],
)
def test_what_looks_like_a_token_is_hidden_and_the_rest_is_not(text, shown):
    assert masked(text) == shown


def test_a_secret_is_hidden_as_json_writes_it_too():
    secret = 'quo"te\\d-secret'

    assert secret not in masked(f"{secret} {json.dumps(secret)}", secret)
    assert masked(json.dumps(secret), secret) == '"[hidden]"'


def test_a_placeholder_is_too_short_to_be_hidden():
    assert masked("exit", "x") == "exit"
