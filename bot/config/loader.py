"""Loading of the configuration: defaults, then config.toml, then the environment, refused if any part is invalid.

A variable is COACHBOOK_<SECTION>__<KEY>. The token is no part of the configuration: it comes from DISCORD_TOKEN, from
the file that DISCORD_TOKEN_FILE names, or from a credential of systemd's, and is read where it is needed.
"""

import codecs
import dataclasses
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, SecretStr
from pydantic_settings import EnvSettingsSource

from bot.config.errors import ConfigError, MissingTokenError, TokenError, issues_of, unknown
from bot.config.paths import conflicts, spool_in_state
from bot.config.ports import port_conflicts
from bot.config.proxy import proxy_in
from bot.config.settings import PREFIX, Config, DiscordSection
from bot.config.types import nearest

_PATH_VARIABLE = "COACHBOOK_CONFIG"
_API_TOKEN = "COACHBOOK_TOKEN"  # noqa: S105 - the name of the variable of programs that read the API
DEFAULT_PATH: Final = Path("config.toml")

_OF_KUBERNETES = re.compile(
    PREFIX
    + r"([A-Z0-9]+_)*?(SERVICE_HOST=.*|SERVICE_PORT(_[A-Z0-9]+)*=\d+"
    + r"|PORT(_\d+_[A-Z]+)?=[a-z]+://.*|PORT_\d+_[A-Z]+_(PROTO|PORT|ADDR)=.*)"
)
"""Variables that Kubernetes makes in each container for a service of a name such as coachbook or coachbook-db."""
_QUOTES = "\"'"

_CREDENTIAL = "discord-token"
_MISSING = (
    "The bot's token is missing. Put it into the environment variable DISCORD_TOKEN, into a file that "
    f"DISCORD_TOKEN_FILE names, or into a systemd credential named {_CREDENTIAL}; Discord shows it in its developer "
    "portal, under Bot."
)


def load_config(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """Return the configuration of the file and the environment; the environment wins.

    Args:
        path: None: the file that COACHBOOK_CONFIG names, or else ./config.toml. A file that is named must be there;
            ./config.toml may be missing.
        environ: the variables to look at.

    Raises:
        ConfigError: with all issues of both.
    """
    environ = {name: _without_quotes(value) for name, value in environ.items()}
    named = path or _named(environ)
    file = (named or DEFAULT_PATH).absolute()
    file_values: dict[str, Any] = {}
    lines: list[str] = []
    try:
        file_values = _read(file, must_exist=named is not None)
    except ConfigError as error:
        lines += error.issues
    lines += [issue.line(str(file)) for issue in issues_of(Config, file_values)]
    variables = _Variables.of(environ)
    lines += variables.issues
    values = variables.over(file_values)
    for issue in issues_of(Config, values):
        if name := variables.name_for(issue.path):
            lines.append(issue.line(name))
    if lines:
        raise ConfigError(lines)
    config = _with_proxy(_with_spool(Config(**values), environ), environ)
    clashes = (*conflicts(config.paths), *port_conflicts(config.ports))
    if lines := [issue.line(variables.name_for(issue.path) or str(file)) for issue in clashes]:
        raise ConfigError(lines)
    return config


def config_file(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the file that `load_config` reads; None: it uses the environment and the defaults alone."""
    file = (_named(environ) or DEFAULT_PATH).absolute()
    return file if file.exists() else None


def read_token(environ: Mapping[str, str] = os.environ) -> SecretStr:
    """Return the bot's token: from DISCORD_TOKEN, from the file that DISCORD_TOKEN_FILE names, or from a credential.

    Raises:
        TokenError: the token is missing or invalid, or its file can't be read.
    """
    source, token = "DISCORD_TOKEN", _bare(environ.get("DISCORD_TOKEN", ""))
    if not token:
        source, path = _token_file(environ)
        token = _token_in(source, path)
    if not re.fullmatch("[!-~]+", token):
        raise TokenError([f"{source}: holds no token: that is one word of plain letters, digits, dots and dashes."])
    return SecretStr(token)


@dataclasses.dataclass(frozen=True)
class _Variables:
    """Settings in the environment."""

    names: dict[tuple[str, ...], str]
    """Names of the variables by setting."""
    values: dict[str, Any]
    issues: list[str]

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "_Variables":
        known = _variable_names()
        ours = {name for name in environ if name.upper().startswith(PREFIX)}
        ours -= {name for name in ours if _OF_KUBERNETES.fullmatch(f"{name}={environ[name]}")}
        given = ours - {_PATH_VARIABLE, _API_TOKEN}
        source = EnvSettingsSource(Config)
        source.env_vars = {name.lower(): environ[name] for name in given & known.keys()}
        return cls(
            names={known[name]: name for name in given & known.keys()},
            values=source(),
            issues=[f"{name}: {_unknown(name, known)}" for name in sorted(given - known.keys())],
        )

    def over(self, file_values: dict[str, Any]) -> dict[str, Any]:
        """Return the file's values, overridden by the variables'."""
        merged = dict(file_values)
        for name, value in self.values.items():
            below = file_values.get(name)
            merged[name] = below | value if isinstance(value, dict) and isinstance(below, dict) else value
        return merged

    def name_for(self, path: tuple[str | int, ...]) -> str | None:
        """Return the variable that set the value at `path`; None: no variable did."""
        return next((name for known, name in self.names.items() if path[: len(known)] == known), None)


def _without_quotes(value: str) -> str:
    """Return a variable's value without spaces and quotes around it; `docker --env-file` does not remove quotes."""
    value = value.strip()
    inner = value[1:-1]
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in _QUOTES and value[0] not in inner
    return inner if is_quoted else value


def _bare(token: str) -> str:
    """Return a token without what people copy with it: quotes, and the prefix of a header."""
    return _without_quotes(_without_quotes(token).removeprefix("Bot "))


def _with_proxy(config: Config, environ: Mapping[str, str]) -> Config:
    """Use the environment's proxy if the configuration names none.

    Raises:
        ConfigError: its address is not an HTTP proxy's.
    """
    if config.discord.proxy or not (setting := proxy_in(environ, config.discord.rest_url)):
        return config
    variable, proxy = setting
    if issues := issues_of(Config, {"discord": {"proxy": proxy}}):
        raise ConfigError(issue.line(variable) for issue in issues)
    used = DiscordSection.model_validate(config.discord.model_dump() | {"proxy": proxy})
    return config.model_copy(update={"discord": used})


def _named(environ: Mapping[str, str]) -> Path | None:
    path = _without_quotes(environ.get(_PATH_VARIABLE, ""))
    return Path(path) if path else None


def _with_spool(config: Config, environ: Mapping[str, str]) -> Config:
    """Use the system's state folder for the spool if the configuration names none."""
    if config.storage.spool_path or not (folder := spool_in_state(config.storage.path, environ)):
        return config
    return config.model_copy(update={"storage": config.storage.model_copy(update={"spool_path": folder})})


def _variable_names() -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for name, field in Config.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            names |= {f"{PREFIX}{name}__{key}".upper(): (name, key) for key in section.model_fields}
        else:
            names[f"{PREFIX}{name}".upper()] = (name,)
    return names


def _unknown(name: str, known: Iterable[str]) -> str:
    """Return the message about an unknown variable: its section, if that is unknown too, or else its name."""
    section, _, key = name.lower().removeprefix(PREFIX.lower()).partition("__")
    sections = Config.model_fields
    if key and section not in sections and not nearest(section, sections) and "token" not in name.lower():
        return f"there is no section {section}. Sections: {', '.join(sections)}."
    return unknown(name, "variable", known)


def _read(file: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        if not file.exists() and not must_exist:
            return {}
        if not file.is_file():
            why = "not a file" if file.exists() else "there is no such file"
            raise ConfigError([f"{file}: {why}. COACHBOOK_CONFIG says which file to read."])
        return tomllib.loads(_text_in(file))
    except OSError as error:
        raise ConfigError([f"{file}: can't be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{file}: is not UTF-8 text, from byte {error.start} on."]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError([f"{file}: is not valid TOML: {error}."]) from None


def _token_file(environ: Mapping[str, str]) -> tuple[str, Path]:
    """Return the source that names the token's file, as messages name it, and the file."""
    if named := _without_quotes(environ.get("DISCORD_TOKEN_FILE", "")):
        return f"DISCORD_TOKEN_FILE {named}", Path(named)
    if folder := environ.get("CREDENTIALS_DIRECTORY"):  # systemd.exec(5), LoadCredential=
        path = Path(folder, _CREDENTIAL)
        return f"The credential {path}", path
    raise MissingTokenError([_MISSING])


def _token_in(source: str, path: Path) -> str:
    try:
        return _bare(_text_in(path))
    except OSError as error:
        raise TokenError([f"{source}: can't be read: {error.strerror}."]) from error
    except UnicodeDecodeError:
        raise TokenError([f"{source}: holds no token: it is not text."]) from None


def _text_in(file: Path) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with the byte order mark of PowerShell and Notepad."""
    content = file.read_bytes()
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_wide else "utf-8-sig")
