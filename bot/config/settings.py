"""The settings of the bot, section by section, with their defaults and allowed values."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.paths import BACKUPS, CHARTS, DATABASE, SPOOL, default_spool
from bot.config.types import (
    MAX_PORT,
    Choice,
    CoachKey,
    CoachName,
    DatabasePath,
    DottedName,
    FilePath,
    FromJson,
    Host,
    IpAddress,
    Listed,
    ModuleName,
    Origin,
    ProxyUrl,
    Snowflakes,
    Some,
    Timezone,
    Unique,
    Url,
    Whole,
)
from bot.domain.sessions import Exchange
from bot.domain.values import CoachSeed, Limits, Quotas, Retention, RoleId, UserId

PREFIX = "COACHBOOK_"
"""Prefix of the names of variables."""

_HEARTBEAT_SECONDS = 60
"""A connection may be silent for nearly as long."""
_IDS = "a list of ids of {}, each a whole number from 1 to 2^63-1 and in the list only once"


class _Section(BaseModel):
    """A table of the configuration; each field's description lists the allowed values."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)


def _whole_number(default: int, *, least: int, most: int) -> int:
    """Return the field of a whole number, described by its limits."""
    return Field(default=default, ge=least, le=most, description=f"a whole number from {least} to {most}")


def _never_or_a_minute(seconds: int) -> int:
    if seconds != 0 and seconds < _HEARTBEAT_SECONDS:
        raise ValueError("less than a minute")
    return seconds


class DiscordSection(_Section):
    """The Discord API to use, and the bot's operators."""

    rest_url: Url = Field(default="https://discord.com/api/v10", description="an http:// or https:// address")
    cdn_hosts: Annotated[tuple[Host, ...], Listed, Unique, Some] = Field(
        default=(
            "cdn.discordapp.com",
            "media.discordapp.net",
            "images-ext-1.discordapp.net",
            "images-ext-2.discordapp.net",
        ),
        description="a list of hosts, each as host or host:port",
    )
    operators: Snowflakes = Field(default=(), description=_IDS.format("users"))
    proxy: ProxyUrl | None = Field(default=None, description="the address of an HTTP proxy, such as http://proxy:3128")
    offline_exit_seconds: Annotated[Whole, AfterValidator(_never_or_a_minute)] = Field(
        default=900, le=86400, description="0 (never), or a whole number of seconds from 60 to 86400"
    )


class StorageSection(_Section):
    """Paths of the stored data; relative to the working directory."""

    path: DatabasePath = Field(default=Path("data/coachbook.db"), description="the path of the database file")
    charts_path: FilePath | None = Field(default=None, description="the path of a folder")
    spool_path: FilePath | None = Field(default=None, description="the path of a folder")

    @property
    def spool_folder(self) -> Path:
        """The folder of queued changes, by default next to the database."""
        return self.spool_path or default_spool(self.path)

    @property
    def charts_folder(self) -> Path:
        """The folder of the pictures, by default next to the database."""
        return self.charts_path or self.path.parent / "charts"


class PluginsSection(_Section):
    """The plugins to load, in this order."""

    enabled: Annotated[tuple[ModuleName, ...], Listed, Unique] = Field(
        default=("plans", "charts", "history", "admin", "actions"),
        description="a list of names of modules in plugins/, such as plans",
    )
    extra: Annotated[tuple[DottedName, ...], Listed, Unique] = Field(
        default=(), description="a list of dotted names of modules, such as my_plugins.polls"
    )


class CoachSection(_Section):
    """A coach that every guild starts with."""

    key: CoachKey = Field(description="1 to 16 of a-z 0-9 _")
    name: CoachName = Field(description="1 to 100 characters")
    users: Snowflakes = Field(default=(), description=_IDS.format("users"))
    roles: Snowflakes = Field(default=(), description=_IDS.format("roles"))

    @property
    def seed(self) -> CoachSeed:
        """The coach as the services use it."""
        return CoachSeed(
            key=self.key,
            name=self.name,
            users=frozenset(map(UserId, self.users)),
            roles=frozenset(map(RoleId, self.roles)),
        )


class DaysSection(_Section):
    """The default time zone of trading days, and the exchange of new servers."""

    timezone: Timezone = Field(
        default="America/New_York", description="a name of the IANA time zone database, such as Europe/London"
    )
    exchange: Exchange = Field(default=Exchange.NYSE, description=f"one of {', '.join(Exchange)}")


class LimitsSection(_Section):
    """Limits."""

    plan_text: Whole = _whole_number(4000, least=1, most=4000)
    plans_on_page: Whole = _whole_number(10, least=1, most=25)
    draft_days: Whole = _whole_number(30, least=1, most=365)
    chart_mib: Whole = _whole_number(10, least=1, most=10)
    chart_megapixels: Whole = _whole_number(40, least=1, most=50)
    chart_seconds: Whole = _whole_number(60, least=1, most=600)
    chart_wait_seconds: Whole = _whole_number(5, least=0, most=600)
    reserve_mib: Whole = _whole_number(200, least=0, most=1000000)


class QuotasSection(_Section):
    """Limits of drafts, queued changes and messages per user and per server."""

    user_drafts: Whole = _whole_number(20, least=1, most=25)
    server_drafts: Whole = _whole_number(500, least=1, most=100000)
    user_draft_mib: Whole = _whole_number(300, least=1, most=100000)
    server_draft_mib: Whole = _whole_number(3000, least=1, most=100000)
    user_queued: Whole = _whole_number(50, least=1, most=100000)
    server_queued: Whole = _whole_number(500, least=1, most=100000)
    user_queued_mib: Whole = _whole_number(2, least=1, most=100000)
    server_queued_mib: Whole = _whole_number(20, least=1, most=100000)
    user_messages: Whole = _whole_number(5, least=1, most=100000)
    server_messages: Whole = _whole_number(30, least=1, most=100000)


class KeepSection(_Section):
    """Retention of backups: the newest of each of these numbers of days, weeks and months that have one."""

    daily: Whole = _whole_number(7, least=1, most=366)
    weekly: Whole = _whole_number(4, least=0, most=520)
    monthly: Whole = _whole_number(12, least=0, most=1200)


class BackupSection(_Section):
    """Schedule and retention of automatic backups."""

    every: Whole = Field(default=24, ge=0, le=8760, description="a whole number of hours from 0 (never) to 8760")
    folder: FilePath | None = Field(default=None, description="the path of a folder")
    keep: Annotated[KeepSection, FromJson] = Field(
        default=KeepSection(), description="a table with daily, weekly and monthly"
    )


class LogSection(_Section):
    """Level, format and stream of the log."""

    level: Annotated[Literal["debug", "info", "warning", "error"], Choice] = Field(
        default="info", description="debug, info, warning or error"
    )
    format: Annotated[Literal["console", "json"], Choice] = Field(default="console", description="console or json")
    stream: Annotated[Literal["stderr", "stdout"], Choice] = Field(default="stderr", description="stderr or stdout")


class HealthSection(_Section):
    """The health port: whether the bot is healthy, and its metrics, over HTTP."""

    port: Whole = Field(default=0, ge=0, le=MAX_PORT, description=f"0 (off), or a port from 1 to {MAX_PORT}")
    host: IpAddress = Field(default="127.0.0.1", description="an IP address, such as 127.0.0.1, or 0.0.0.0 for all")


class FeedSection(_Section):
    """The API for programs: plans over HTTP."""

    port: Whole = Field(default=0, ge=0, le=MAX_PORT, description=f"0 (off), or a port from 1 to {MAX_PORT}")
    host: IpAddress = Field(default="127.0.0.1", description="an IP address, such as 127.0.0.1, or 0.0.0.0 for all")
    local_guild: Whole = Field(
        default=0, ge=0, le=2**63 - 1, description="0 (none), or the id of a server: a whole number up to 2^63-1"
    )
    rate: Whole = _whole_number(50, least=1, most=100000)
    base_url: Url | None = Field(default=None, description="an http:// or https:// address")
    cors_origins: Annotated[tuple[Origin, ...], Listed, Unique] = Field(
        default=(), description="a list of sites, each as https://host or https://host:port"
    )


def _unique_keys(coaches: tuple[CoachSection, ...]) -> tuple[CoachSection, ...]:
    keys = [coach.key for coach in coaches]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"key twice in the list: {', '.join(twice)}")
    return coaches


class Config(BaseSettings):
    """All settings of the bot. Created by `load_config`; `Config()` has the defaults alone."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        enable_decoding=False,  # the types decode, so that an invalid value is one issue among all
    )

    discord: DiscordSection = Field(default=DiscordSection(), description="a table: [discord]")
    storage: StorageSection = Field(default=StorageSection(), description="a table: [storage]")
    plugins: PluginsSection = Field(default=PluginsSection(), description="a table: [plugins]")
    coaches: Annotated[tuple[CoachSection, ...], FromJson, AfterValidator(_unique_keys)] = Field(
        default=(
            CoachSection(key="d", name="Coach D (Day Trading)"),
            CoachSection(key="i", name="Coach I (Intraday)"),
            CoachSection(key="s", name="Coach S (Swing)"),
            CoachSection(key="n", name="Coach N (News/Events)"),
        ),
        description="a list of tables [[coaches]], each with a key of its own, a name, users and roles",
    )
    days: DaysSection = Field(default=DaysSection(), description="a table: [days]")
    limits: LimitsSection = Field(default=LimitsSection(), description="a table: [limits]")
    quotas: QuotasSection = Field(default=QuotasSection(), description="a table: [quotas]")
    backup: BackupSection = Field(default=BackupSection(), description="a table: [backup]")
    log: LogSection = Field(default=LogSection(), description="a table: [log]")
    health: HealthSection = Field(default=HealthSection(), description="a table: [health]")
    feed: FeedSection = Field(default=FeedSection(), description="a table: [feed]")

    @property
    def seeds(self) -> tuple[CoachSeed, ...]:
        """The coaches that every guild starts with, as the services use them."""
        return tuple(coach.seed for coach in self.coaches)

    @property
    def backup_folder(self) -> Path:
        """The folder of backups, by default next to the database."""
        return self.backup.folder or self.storage.path.parent / "backups"

    @property
    def paths(self) -> dict[tuple[str, str], Path]:
        """The paths of all stored data, by setting."""
        storage = self.storage
        return {
            DATABASE: storage.path,
            CHARTS: storage.charts_folder,
            SPOOL: storage.spool_folder,
            BACKUPS: self.backup_folder,
        }

    @property
    def ports(self) -> dict[tuple[str, str], tuple[str, int]]:
        """The addresses of all ports, by setting; port 0: off."""
        health, feed = self.health, self.feed
        return {("health", "port"): (health.host, health.port), ("feed", "port"): (feed.host, feed.port)}

    @property
    def retention(self) -> Retention:
        """The retention of backups as the services take it."""
        return Retention(**self.backup.keep.model_dump())

    @property
    def plan_limits(self) -> Limits:
        """The limits as the services use them."""
        return Limits(**self.limits.model_dump())

    @property
    def user_quotas(self) -> Quotas:
        """The quotas as the services use them."""
        return Quotas(**self.quotas.model_dump())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the passed values as the only source: `load_config` reads the others, to know where each came from."""
        return (init_settings,)
