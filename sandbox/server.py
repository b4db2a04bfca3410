"""The server: one port for HTTP API, gateway and CDN."""

from collections.abc import Awaitable, Callable
from typing import Self

from aiohttp import web

from sandbox.cdn import PATHS as CDN_PATHS
from sandbox.cdn import Cdn
from sandbox.faults import Faults
from sandbox.gateway.server import Gateway
from sandbox.http.api import Api
from sandbox.http.client_compliance import ClientCompliance
from sandbox.http.exchange import Exchange
from sandbox.http.limits import RateLimits
from sandbox.http.request import Backend
from sandbox.interactions.invoke import Interactions
from sandbox.world.condition import PATIENCE
from sandbox.world.snowflakes import Clock, utc_now
from sandbox.world.state import World

API_PATH = "/api/v10"


class Sandbox:
    """A local Discord.

    Attributes:
        world: the state; set it up before or while a bot is connected.
        interactions: the users' side of commands, buttons and modals.
        gateway: connections and sessions; `gateway.observers` are called with each payload.
        faults: fault injection.
        exchanges: observers, called with each HTTP exchange.
        limits: the rate limits; `limits.strict()` sets Discord's own for messages.
        compliance: the clients' violations of these limits.
        page: request handler of the page for browsers (`sandbox.web`); None: no page.
        unknown: requests that the sandbox does not simulate (answered with 501), one line each.
    """

    def __init__(self, world: World | None = None, *, clock: Clock = utc_now) -> None:
        """Create a sandbox that is not served yet; `start` does both."""
        self.world = world or World(clock)
        self.gateway = Gateway(self.world)
        self.interactions = Interactions(self.world)
        self.faults = Faults(self.world, self.gateway)
        self.unknown = self.gateway.unknown
        self.limits = RateLimits()
        self.compliance = ClientCompliance(self.limits)
        self.page: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
        self.base_url = ""
        backend = Backend(self.world, self.interactions, self.gateway)
        self._api = Api(backend, self.faults, self.limits, self.compliance, self.unknown)
        self.cdn = Cdn(self.world, self.faults)
        self.exchanges = self._api.exchanges
        self._runner: web.AppRunner | None = None

    @classmethod
    async def start(
        cls,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock = utc_now,
        *,
        world: World | None = None,
        heartbeat_seconds: float | None = None,
    ) -> Self:
        """Serve a world (None: an empty one) on a port (0: any free one)."""
        sandbox = cls(world, clock=clock)
        if heartbeat_seconds is not None:
            sandbox.gateway.heartbeat_seconds = heartbeat_seconds
        application = web.Application(client_max_size=32 << 20)
        application.router.add_route("*", "/{path:.*}", sandbox.handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        sandbox._listen_on(runner, host)
        return sandbox

    async def stop(self) -> None:
        """Stop serving and close every connection."""
        self.interactions.close()
        self.gateway.drop()
        self.cdn.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        """Return the sandbox, which is served already."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop serving."""
        await self.stop()

    async def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait until a condition on this Discord holds; it is checked after each change, event and request.

        Raises:
            TimeoutError: it does not hold after `seconds`.
        """
        await self.world.changes.until(condition, seconds)

    @property
    def early_requests(self) -> list[Exchange]:
        """The requests sent before a `retry_after` (of their bucket or global) had passed."""
        return self.compliance.early_requests

    @property
    def invalid_requests(self) -> int:
        """Number of requests that count toward Discord's ban: 401, 403 and 429 (not shared) in ten minutes."""
        return self.compliance.invalid_requests

    @property
    def rest_url(self) -> str:
        """Base URL of the HTTP API."""
        return self.base_url + API_PATH

    @property
    def cdn_url(self) -> str:
        """Base URL of the CDN."""
        return self.base_url

    @property
    def gateway_url(self) -> str:
        """URL of the gateway."""
        return self.gateway.url

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer any request."""
        path = request.rel_url.raw_path
        if path.startswith(API_PATH + "/"):
            return await self._api.handle(request, path.removeprefix(API_PATH))
        if path.startswith("/gateway"):
            return await self.gateway.handle(request)
        if request.method in ("GET", "HEAD") and path.startswith(CDN_PATHS):
            return await self.cdn.handle(request, path)
        if self.page and (path == "/" or path.startswith("/page/")):
            return await self.page(request)
        self.unknown.append(f"{request.method} {path}")
        return web.Response(status=501, text=f"The sandbox does not know {request.method} {path}.")

    def _listen_on(self, runner: web.AppRunner, host: str) -> None:
        self._runner = runner
        port: int = runner.addresses[0][1]
        self.base_url = self.world.links.base_url = f"http://{host}:{port}"
        self.gateway.url = f"ws://{host}:{port}/gateway"
