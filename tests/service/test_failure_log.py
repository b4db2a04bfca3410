"""Failures that are found again and again."""

from structlog.testing import capture_logs

from bot.service.failure_log import FailureLog


def test_a_failure_is_logged_once_until_it_changes_or_is_over():
    failures = FailureLog("probe failed")

    with capture_logs() as lines:
        for why in ("full", "full", "broken", None, "broken"):
            failures.note("pictures", why)

    assert [each["why"] for each in lines] == ["full", "broken", "broken"]
    assert {(each["event"], each["what"]) for each in lines} == {("probe failed", "pictures")}
