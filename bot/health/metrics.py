"""The metrics of the bot in the formats of Prometheus: their names, labels and texts.

Imported only where a health port is open: it takes 1.5 MiB. No label has more values than the bot has commands and
routes, and none is the id of a server or a user.
"""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.exposition import choose_encoder

from bot.health.readings import Readings
from bot.interactions.measurements import BUCKETS, Durations


class Exposition:
    """Writes readings as a page that Prometheus can read."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._readings: Readings | None = None
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def page(self, readings: Readings, accepted: str) -> tuple[bytes, str]:
        """Return the page and its type, for a client that accepts the types in this header."""
        self._readings = readings
        write, content_type = choose_encoder(accepted)
        return write(self._registry), content_type

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the bot itself."""
        if self._readings:
            yield from _of_bot(self._readings)
            yield from _of_interactions(self._readings)
            yield from _of_plans(self._readings)
            yield from _of_storage(self._readings)


def _of_bot(readings: Readings) -> Iterator[Metric]:
    yield InfoMetricFamily("coachbook_build", "Version of the bot.", {"version": readings.version})
    report = readings.report
    health = {component: float(why is None) for component, why in report.components.items()}
    yield _gauges("coachbook_healthy", "1: the component is healthy, 0: it is not.", "component", health)
    yield _gauge("coachbook_gateway_last_event_seconds", "Time since the last event from Discord.", report.silence)
    yield _gauge("coachbook_gateway_latency_seconds", "Time of the last heartbeat at Discord.", readings.latency)
    yield _gauge("coachbook_servers", "Servers that the bot is in.", readings.servers)
    yield _gauge("coachbook_backup_age_seconds", "Age of the last backup.", report.backup_age)


def _of_interactions(readings: Readings) -> Iterator[Metric]:
    yield _gauge("coachbook_interactions_in_progress", "Interactions in progress.", readings.in_flight)
    handled = HistogramMetricFamily(
        "coachbook_interaction_seconds",
        "Time from a command, button or form until it was handled.",
        labels=("kind", "command", "result"),
    )
    for each, durations in readings.interactions.items():
        handled.add_metric((each.kind, each.name, each.result), _buckets(durations), durations.seconds)
    yield handled


def _of_plans(readings: Readings) -> Iterator[Metric]:
    if totals := readings.totals:
        plans = {"live": totals.live_plans, "deleted": totals.deleted_plans}
        yield _gauges("coachbook_plans", "Plans.", "state", plans)
        yield _gauge("coachbook_revisions", "Revisions of plans.", totals.revisions)
        yield _gauge("coachbook_charts", "Charts that were added.", totals.charts)


def _of_storage(readings: Readings) -> Iterator[Metric]:
    workload, report, totals = readings.workload, readings.report, readings.totals
    acts = SummaryMetricFamily(
        "coachbook_database_seconds", "Time of transactions, with their wait.", labels=("operation",)
    )
    acts.add_metric(("write",), workload.writes_done, workload.write_seconds)
    acts.add_metric(("read",), workload.reads_done, workload.read_seconds)
    yield acts
    probes = {"database": report.storage.database, "pictures": report.storage.pictures}
    seconds = {name: probe.milliseconds / 1000 for name, probe in probes.items() if probe.milliseconds is not None}
    yield _gauges("coachbook_test_write_seconds", "Time of a test write to the disk.", "disk", seconds)
    free = {"database": report.storage.free_for_database, "pictures": report.storage.free_for_pictures}
    yield _gauges("coachbook_disk_free_bytes", "Free space on the disk.", "disk", free)
    waiting = {"writes": workload.writes, "reads": workload.reads, "downloads": workload.downloads}
    if totals:
        waiting |= {"cards": totals.waiting_cards, "drafts": totals.waiting_drafts}
    yield _gauges("coachbook_waiting", "Work in progress or waiting.", "queue", waiting)
    queued = {"file": report.queued, "memory": report.queued_in_memory}
    yield _gauges("coachbook_queued_changes", "Changes that wait for the database.", "place", queued)


def _gauge(name: str, text: str, value: float | None) -> Metric:
    """Return a metric without labels; None: it has no value now."""
    metric = GaugeMetricFamily(name, text)
    if value is not None:
        metric.add_metric((), value)
    return metric


def _gauges(name: str, text: str, label: str, values: Mapping[str, float | None]) -> Metric:
    """Return a metric with a value for each value of its label."""
    metric = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in values.items():
        if value is not None:
            metric.add_metric((key,), value)
    return metric


def _buckets(durations: Durations) -> list[tuple[str, float]]:
    """Return the cumulative numbers of the durations up to each limit."""
    total = 0
    buckets: list[tuple[str, float]] = []
    for limit, count in zip((*map(str, BUCKETS), "+Inf"), durations.counts, strict=True):
        total += count
        buckets.append((limit, total))
    return buckets
