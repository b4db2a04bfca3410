"""The metrics page: its names and labels are those that docs/metrics.md lists, and a dashboard can use."""

import json
import re

import pytest
from prometheus_client import parser
from prometheus_client.core import Metric
from prometheus_client.openmetrics import parser as openmetrics_parser

from bot.domain.values import StorageHealth, Totals, Workload, WriteProbe
from bot.health.checks import HealthReport
from bot.health.metrics import Exposition
from bot.health.readings import Readings
from bot.interactions.measurements import (
    BUCKETS,
    MAX_NAMES,
    OTHER,
    InteractionKind,
    InteractionResult,
    Measurements,
)
from tests.processes import ROOT

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
TOTALS = Totals(3, 1, 9, 4, waiting_cards=2, waiting_drafts=0)
_ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (.*?) \| .+ \|$", re.MULTILINE)
_OF_CLIENT = {"le"}
"""Labels that the format itself has."""


def measured(*commands: str) -> Measurements:
    measurements = Measurements()
    for command in commands:
        measurements.note(InteractionKind.COMMAND, command, InteractionResult.OK, 0.2)
    return measurements


def readings(measurements: Measurements, totals: Totals | None = TOTALS) -> Readings:
    storage = StorageHealth(WriteProbe(2.5), WriteProbe(None, "full"), 10**9, None, 10**8)
    report = HealthReport(None, 12.5, storage, queued=2, queued_in_memory=1, backup_age=60.0)
    workload = Workload(1, 2, 3, writes_done=10, write_seconds=0.5, reads_done=20, read_seconds=0.1)
    return Readings("1.2.3", report, workload, totals, measurements.durations, 1, servers=5, latency=0.1)


def families(current: Readings, accepted: str = OPENMETRICS) -> dict[str, Metric]:
    page, content_type = Exposition().page(current, accepted)
    assert content_type.startswith(accepted.partition(";")[0])
    reader = openmetrics_parser if accepted else parser
    return {family.name: family for family in reader.text_string_to_metric_families(page.decode())}


def value(found: dict[str, Metric], sample: str, **labels: str) -> float:
    [number] = [
        each.value
        for family in found.values()
        for each in family.samples
        if each.name == sample and each.labels == labels
    ]
    return number


@pytest.fixture(scope="module")
def served() -> dict[str, Metric]:
    return families(readings(measured("plan post")))


def test_the_metrics_and_labels_are_those_of_the_documentation(served: dict[str, Metric]):
    rows = _ROW.findall((ROOT / "docs" / "metrics.md").read_text())
    listed = {
        (name.removesuffix("_info").removesuffix("_total"), kind, frozenset(re.findall(r"(?:^|; )`(\w+)`", labels)))
        for name, kind, labels in rows
    }
    real = {
        (each.name, each.type, frozenset({label for sample in each.samples for label in sample.labels} - _OF_CLIENT))
        for each in served.values()
    }
    samples = {sample.name for family in served.values() for sample in family.samples}

    assert real == listed
    assert [name for name, kind, _ in rows if kind not in ("histogram", "summary") and name not in samples] == []


def test_each_value_of_a_label_is_documented(served: dict[str, Metric]):
    text = (ROOT / "docs" / "metrics.md").read_text()
    values = {
        label_value
        for name, family in served.items()
        for sample in family.samples
        for label, label_value in sample.labels.items()
        if name.startswith("coachbook_") and label not in {*_OF_CLIENT, "version"}
    }

    assert [each for each in {*values, *InteractionKind, *InteractionResult} if f"`{each}`" not in text] == []


def test_the_numbers_are_those_of_the_bot(served: dict[str, Metric]):
    handled = {"kind": "command", "command": "plan post", "result": "ok"}

    assert value(served, "coachbook_build_info", version="1.2.3") == 1
    assert value(served, "coachbook_healthy", component="gateway") == 1
    assert value(served, "coachbook_healthy", component="disk") == 0
    assert value(served, "coachbook_interaction_seconds_count", **handled) == 1
    assert value(served, "coachbook_interaction_seconds_sum", **handled) == 0.2
    assert value(served, "coachbook_interaction_seconds_bucket", le="0.1", **handled) == 0
    assert value(served, "coachbook_interaction_seconds_bucket", le="0.25", **handled) == 1
    assert value(served, "coachbook_plans", state="live") == 3
    assert value(served, "coachbook_plans", state="deleted") == 1
    assert value(served, "coachbook_database_seconds_count", operation="read") == 20
    assert value(served, "coachbook_test_write_seconds", disk="database") == 0.0025
    assert value(served, "coachbook_waiting", queue="cards") == 2
    assert value(served, "coachbook_queued_changes", place="file") == 2
    assert value(served, "coachbook_backup_age_seconds") == 60


def test_a_client_without_openmetrics_gets_the_text_format():
    found = families(readings(measured("today")), "")

    assert value(found, "coachbook_servers") == 5


def test_what_is_not_known_is_left_out():
    found = families(readings(measured(), totals=None))

    assert "coachbook_plans" not in found
    assert {each.labels["queue"] for each in found["coachbook_waiting"].samples} == {"writes", "reads", "downloads"}
    assert {each.labels["disk"] for each in found["coachbook_disk_free_bytes"].samples} == {"database"}


def test_names_of_plugins_that_come_and_go_are_bounded():
    measurements = measured(*(f"command {number}" for number in range(MAX_NAMES + 50)))

    names = {each.name for each in measurements.durations}

    assert len(names) == MAX_NAMES + 1
    assert OTHER in names
    [other] = [durations for each, durations in measurements.durations.items() if each.name == OTHER]
    assert sum(other.counts) == 50


def test_a_duration_beyond_all_buckets_is_counted():
    measurements = Measurements()
    measurements.note(InteractionKind.MODAL, "plans.post", InteractionResult.FAILED, BUCKETS[-1] + 1)

    found = families(readings(measurements))

    handled = {"kind": "modal", "command": "plans.post", "result": "failed"}
    assert value(found, "coachbook_interaction_seconds_bucket", le=str(BUCKETS[-1]), **handled) == 0
    assert value(found, "coachbook_interaction_seconds_bucket", le="+Inf", **handled) == 1


def test_each_query_of_the_dashboard_uses_metrics_that_exist(served: dict[str, Metric]):
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "coachbook.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    samples = {sample.name: set(sample.labels) for family in served.values() for sample in family.samples}

    assert queries
    for query in queries:
        names = re.findall(r"\b(?:coachbook|process)_\w+", query)
        assert names, query
        assert set(names) <= samples.keys(), query
        labels = {label for group in re.findall(r"by \((.+?)\)", query) for label in group.split(", ")}
        assert labels <= {label for name in names for label in samples[name]}, query
