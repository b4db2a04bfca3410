"""The health port: an HTTP server in the bot's event loop."""

import asyncio
import json
from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import web

from bot.config.settings import HealthSection
from bot.health.checks import HealthChecks, HealthReport
from bot.health.readings import Meter

CLOSE_SECONDS: Final = 0.5
"""The time that requests have to end when the bot stops."""

_log = structlog.get_logger(__name__)


class HealthPort:
    """Serves `/health` and `/metrics`; does nothing where no port is configured."""

    def __init__(self, section: HealthSection, checks: HealthChecks, meter: Meter) -> None:
        self._section = section
        self._checks = checks
        self._meter = meter
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Open the port.

        Raises:
            OSError: it can't be opened.
        """
        if not self._section.port:
            return
        from bot.health.metrics import Exposition  # takes memory, which is only worth it here

        exposition, turn = Exposition(), asyncio.Lock()

        async def metrics(request: web.Request) -> web.Response:
            async with turn:
                readings, accepted = await self._meter.read(), request.headers.get("Accept", "")
                page, content_type = await asyncio.to_thread(exposition.page, readings, accepted)
            return web.Response(body=page, headers={"Content-Type": content_type})

        application = web.Application()
        application.router.add_get("/health", self._health)
        application.router.add_get("/metrics", metrics)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=CLOSE_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._section.host, self._section.port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        _log.info("health port open", host=self._section.host, port=self._section.port)

    async def close(self) -> None:
        """Close the port."""
        if self._runner:
            await self._runner.cleanup()

    async def _health(self, _: web.Request) -> web.Response:
        report = await self._checks.report()
        status = HTTPStatus.OK if report.is_healthy else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response(_described(report), status=status, dumps=_dumps)


def _described(report: HealthReport) -> dict[str, Any]:
    """Return the report as JSON."""
    return {
        "status": _status(is_healthy=report.is_healthy),
        "summary": report.summary,
        "components": {
            name: {"status": _status(is_healthy=why is None), "why": why} for name, why in report.components.items()
        },
        "queued_changes": report.queued + report.queued_in_memory,
        "queued_in_memory": report.queued_in_memory,
        "last_event_seconds": round(report.silence, 1),
        "last_backup_seconds": None if report.backup_age is None else round(report.backup_age),
    }


def _status(*, is_healthy: bool) -> str:
    return "healthy" if is_healthy else "unhealthy"


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
