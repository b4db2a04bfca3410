"""The configuration: where a setting comes from, and what is said of everything that is wrong."""

import json
import tomllib
from pathlib import Path

import pytest

from bot.config import loader
from bot.config.errors import ConfigError, TokenError
from bot.config.loader import load_config, read_token
from bot.config.paths import SPOOL, former_spool, other_spools
from bot.config.settings import Config
from bot.domain.values import CoachSeed, Limits, Retention, RoleId, UserId

ALL_HOSTS = "0.0.0.0"  # noqa: S104 - written into a configuration
ROOT = Path(__file__).parents[3]
TOKEN = "MTE4MDc1NDMyMTA5ODc2NTQzMg.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"


@pytest.fixture
def config_file(tmp_path):
    """Writes a config.toml and tells its path."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "config.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def faults(path: Path | None = None, **environ: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ)
    assert str(caught.value) == "\n".join(caught.value.issues)
    return caught.value.issues


def the_fault(path: Path | None = None, **environ: str) -> str:
    (fault,) = faults(path, **environ)
    return fault


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("COACHBOOK_NOSUCH__X", "there is no section nosuch. Sections: discord, storage, plugins, coaches"),
        ("COACHBOOK_STORAGE__PAHT", "unknown variable. Did you mean COACHBOOK_STORAGE__PATH?"),
        ("COACHBOOK_STORAEG__PATH", "unknown variable. Did you mean COACHBOOK_STORAGE__PATH?"),
    ],
)
def test_a_variable_that_is_no_setting_is_told_by_its_section_or_its_key(name: str, says: str):
    with pytest.raises(ConfigError) as refusal:
        load_config(environ={name: "1"})

    assert str(refusal.value).startswith(f"{name}: {says}")


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    config = load_config(environ={})

    assert config == Config()
    assert config.discord.rest_url == "https://discord.com/api/v10"
    assert config.discord.cdn_hosts == (
        *("cdn.discordapp.com", "media.discordapp.net"),
        *("images-ext-1.discordapp.net", "images-ext-2.discordapp.net"),
    )
    assert config.storage.path == Path("data/coachbook.db")
    assert config.plugins.enabled == ("plans", "charts", "history", "admin", "actions")
    assert config.days.timezone == "America/New_York"
    assert config.plan_limits == Limits(plan_text=4000, plans_on_page=10, draft_days=30)
    assert [(seed.key, seed.name) for seed in config.seeds] == [
        ("d", "Coach D (Day Trading)"),
        ("i", "Coach I (Intraday)"),
        ("s", "Coach S (Swing)"),
        ("n", "Coach N (News/Events)"),
    ]
    assert not any(seed.users or seed.roles for seed in config.seeds)


def test_the_shipped_file_is_complete_and_says_the_defaults():
    path = ROOT / "config.toml"

    shipped = tomllib.loads(path.read_text(encoding="utf-8"))

    assert load_config(path, {}) == Config()
    assert {name: set(section) for name, section in shipped.items() if name != "coaches"} == {
        name: set(section) for name, section in Config().model_dump(exclude_none=True).items() if name != "coaches"
    }


def test_the_file_wins_over_the_defaults_and_a_variable_over_the_file(config_file):
    path = config_file("[limits]\nplan_text = 100\nplans_on_page = 5\n")

    config = load_config(path, {"COACHBOOK_LIMITS__PLAN_TEXT": "200"})

    assert config.plan_limits == Limits(plan_text=200, plans_on_page=5, draft_days=30)


def test_a_variable_says_which_file_to_read(config_file):
    path = config_file("[log]\nlevel = 'error'\n")

    assert load_config(environ={"COACHBOOK_CONFIG": str(path)}).log.level == "error"


def test_the_token_of_programs_that_read_the_api_is_no_setting():
    assert load_config(environ={"COACHBOOK_TOKEN": "cbf_x"}) == load_config(environ={})


def test_the_environment_of_the_process_is_read_when_none_is_given(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COACHBOOK_LOG__FORMAT", "json")

    assert load_config().log.format == "json"


def test_a_file_that_is_named_must_be_there(tmp_path):
    missing = tmp_path / "missing.toml"

    assert the_fault(missing).startswith(f"{missing}: there is no such file.")
    assert the_fault(COACHBOOK_CONFIG=str(missing)).startswith(f"{missing}: there is no such file.")
    assert "not a file" in the_fault(tmp_path)


def test_a_file_that_cannot_be_read_is_one_fault_among_the_others(config_file):
    path = config_file(b"# caf\xe9\n")

    assert faults(path, COACHBOOK_LOG__LEVEL="loud") == (
        f"{path}: is not UTF-8 text, from byte 5 on.",
        "COACHBOOK_LOG__LEVEL: log.level: found 'loud'. Allowed: debug, info, warning or error.",
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[log]\nlevel = \n", "line 2, column 9"),
        ("[log]\nlevel = 'info", "end of document"),
        ("[log]\n[log]\n", "line 2, column 5"),
    ],
)
def test_bad_toml_is_told_with_its_place(config_file, text, where):
    fault = the_fault(config_file(text))

    assert "is not valid TOML" in fault
    assert where in fault


def test_five_faults_are_told_at_once_each_with_place_found_and_allowed(config_file):
    path = config_file(
        "[discord]\nrest_url = 'ftp://a'\nrest_ulr = 'x'\n"
        "[limits]\nplan_text = 9000\n"
        "[days]\ntimezone = 'x'\n"
        "[[coaches]]\nkey = 'Coach D'\nname = 'Coach D'\n"
    )

    told = faults(path, COACHBOOK_LOG__LEVEL="loud", COACHBOOK_DISCROD__REST_URL="x")

    zones = "a name of the IANA time zone database, such as Europe/London"
    assert set(told) == {
        f"{path}: discord.rest_url: found 'ftp://a' (no plain web address). Allowed: an http:// or https:// address.",
        f"{path}: discord.rest_ulr: unknown key. Did you mean rest_url?",
        f"{path}: limits.plan_text: found 9000. Allowed: a whole number from 1 to 4000.",
        f"{path}: days.timezone: found 'x' (no time zone). Allowed: {zones}.",
        f"{path}: coaches #1.key: found 'Coach D'. Allowed: 1 to 16 of a-z 0-9 _.",
        "COACHBOOK_LOG__LEVEL: log.level: found 'loud'. Allowed: debug, info, warning or error.",
        "COACHBOOK_DISCROD__REST_URL: unknown variable. Did you mean COACHBOOK_DISCORD__REST_URL?",
    }


def test_a_bad_value_in_the_file_is_told_even_when_a_variable_replaces_it(config_file):
    path = config_file("[limits]\nplan_text = 0\n")

    assert the_fault(path, COACHBOOK_LIMITS__PLAN_TEXT="10").startswith(f"{path}: limits.plan_text")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "colour = 1",
            "colour: unknown section. Allowed: discord, storage, plugins, coaches, days, limits, quotas, backup, log",
        ),
        ("[limit]", "limit: unknown section. Did you mean limits?"),
        ("_env_file = 'x'", "_env_file: unknown section. Allowed: discord,"),
        ("discord = 5", "discord: found 5. Allowed: a table: [discord]."),
        ("[coaches]\nkey = 'd'", "coaches: found a table. Allowed: a list of tables [[coaches]]"),
        ("[[coaches]]\nkey = 'd'", "coaches #1.name: missing. Allowed: 1 to 100 characters."),
        ("[[coaches]]\nkey = 'd'\nname = ' '", "coaches #1.name: found ' '. Allowed: 1 to 100 characters."),
        ("[[coaches]]\nkey = 'd'\nname = 'D'\nuser = []", "coaches #1.user: unknown key. Did you mean users?"),
        ("coaches = [{key='d',name='1'},{key='d',name='2'}]", "coaches: found [{"),
        ("[discord]\noperators = [true]", "discord.operators #1: found true (no whole number). Allowed: a list of ids"),
        ("[discord]\noperators = [0]", "discord.operators #1: found 0. Allowed: a list of ids of users"),
        ("[discord]\noperators = ['9223372036854775808']", "discord.operators #1: found '9223372036854775808'."),
        ("[discord]\noperators = [1, '1']", "discord.operators: found [1, '1'] (twice in the list: 1)."),
        ("[discord]\ncdn_hosts = []", "discord.cdn_hosts: found [] (an empty list). Allowed: a list of hosts"),
        ("[discord]\ncdn_hosts = ['https://a']", "discord.cdn_hosts #1: found 'https://a' (no host)."),
        ("[discord]\ncdn_hosts = ['a:0']", "discord.cdn_hosts #1: found 'a:0' (no host)."),
        ("[discord]\nrest_url = 'https://u:p@a'", "discord.rest_url: found"),
        ("[discord]\nrest_url = 'http://a:99999'", "discord.rest_url: found"),
        ("[discord]\nrest_url = 'http:///v10'", "discord.rest_url: found"),
        ("[storage]\npath = ''", "storage.path: found '' (no path of a file or folder)."),
        ("[plugins]\nenabled = ['plans.py']", "plugins.enabled #1: found 'plans.py'. Allowed: a list of names"),
        ("[plugins]\nextra = ['a..b']", "plugins.extra #1: found 'a..b'. Allowed: a list of dotted names"),
        (
            "[days]\ntimezone = 'america/new_yrok'",
            "days.timezone: found 'america/new_yrok' (no time zone; did you mean",
        ),
        (
            "[days]\ntimezone = 'EST'",
            "days.timezone: found 'EST' (without summer time; did you mean America/New_York?)",
        ),
        (
            "[days]\ntimezone = 'eastern'",
            "days.timezone: found 'eastern' (no time zone; did you mean America/New_York?)",
        ),
        ("[days]\ntimezone = 'America'", "days.timezone: found 'America'"),
        ("[days]\ntimezone = '../etc/passwd'", "days.timezone: found"),
        ("[limits]\nplan_text = true", "limits.plan_text: found true (no whole number)."),
        ("[limits]\nplan_text = 10.0", "limits.plan_text: found 10.0 (no whole number)."),
        ("[limits]\nplans_on_page = 26", "limits.plans_on_page: found 26. Allowed: a whole number from 1 to 25."),
        ("[limits]\ndraft_days = 0", "limits.draft_days: found 0. Allowed: a whole number from 1 to 365."),
        ("[backup]\nevery = -1", "backup.every: found -1. Allowed: a whole number of hours from 0 (never) to 8760."),
        ("[backup]\nkeep = { daily = 0 }", "backup.keep.daily: found 0. Allowed: a whole number from 1 to 366."),
        ("[backup]\nkeep = { yearly = 1 }", "backup.keep.yearly: unknown key."),
        ("[backup]\nkeep = 7", "backup.keep: found 7. Allowed: a table with daily, weekly and monthly."),
        ("[log]\nformat = 'xml'", "log.format: found 'xml'. Allowed: console or json."),
        ("[log]\nstream = 'file'", "log.stream: found 'file'. Allowed: stderr or stdout."),
        ("[feed]\nbase_url = 'plans.example.com'", "feed.base_url: found 'plans.example.com' (no plain web address)."),
        (
            "[feed]\ncors_origins = ['*']",
            "feed.cors_origins #1: found '*' (not one site). Allowed: a list of sites",
        ),
        (
            "[feed]\ncors_origins = ['https://a.example/']",
            "feed.cors_origins #1: found 'https://a.example/' (not one",
        ),
        ("[feed]\ncors_origins = ['https://*.a.example']", "feed.cors_origins #1: found 'https://*.a.example'"),
        ("[feed]\ncors_origins = ['null']", "feed.cors_origins #1: found 'null' (not one site)."),
        ("[health]\nport = 70000", "health.port: found 70000. Allowed: 0 (off), or a port from 1 to 65535."),
        ("[health]\nhost = 'localhost'", "health.host: found 'localhost' (no IP address). Allowed: an IP address"),
    ],
)
def test_a_wrong_line_in_the_file_is_told(config_file, text, fault):
    path = config_file(text)

    assert the_fault(path).startswith(f"{path}: {fault}")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("https://user:hunter2@discord.example/api", "'https://[hidden]@discord.example/api'"),
        ("https://hunter2@discord.example", "'https://[hidden]@discord.example'"),
        ("https://user:hun/ter2@x@discord.example", "'https://[hidden]@discord.example'"),
        ("https://user:hun ter2@discord.example", "'https://[hidden]@discord.example'"),
        ("https:/user:hunter2@discord.example", "[hidden]@discord.example'"),
        ("user:hunter2@discord.example", "[hidden]@discord.example'"),
        ("https://discord.example/api?x=hunter2", "'https://discord.example/api?[hidden]"),
        ("https://discord.example/api#hunter2", "'https://discord.example/api?[hidden]"),
        ("https://user:hunter2@" + "a" * 200, "'https://[hidden]@aaa"),
    ],
)
@pytest.mark.parametrize("key", ["rest_url", "cdn_hosts"])
def test_a_rejected_address_is_shown_without_what_is_secret_in_it(
    monkeypatch, tmp_path, config_file, key, value, shown
):
    monkeypatch.chdir(tmp_path)
    written = f"['{value}']" if key == "cdn_hosts" else f"'{value}'"

    of_variable = the_fault(**{f"COACHBOOK_DISCORD__{key.upper()}": value})
    of_file = the_fault(config_file(f"[discord]\n{key} = {written}"))

    for fault in (of_variable, of_file):
        assert f"found {shown}" in fault
        assert "ter2" not in fault


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("COACHBOOK_LIMITS__PLAN_TEXT", "many", "limits.plan_text: found 'many' (no whole number)."),
        ("COACHBOOK_LIMITS__PLAN_TEXT", "", "limits.plan_text: found '' (no whole number)."),
        ("COACHBOOK_BACKUP__KEEP", '{"weekly": "x"}', "backup.keep.weekly: found 'x'"),
        ("COACHBOOK_COACHES", "[{", "coaches: found '[{' (no JSON: Expecting"),
        ("COACHBOOK_COACHES", '[{"key": "d"}]', "coaches #1.name: missing."),
        ("COACHBOOK_COACHES", "d", "coaches: found 'd' (no JSON: Expecting"),
        ("COACHBOOK_DISCORD", "{}", "unknown variable. Did you mean"),
        ("COACHBOOK_PORT", "1", "unknown variable. "),
        ("COACHBOOK_COACHES__0__KEY", "d", "unknown variable. Did you mean COACHBOOK_COACHES?"),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(monkeypatch, tmp_path, name, value, fault):
    monkeypatch.chdir(tmp_path)

    assert the_fault(**{name: value}).startswith(f"{name}: {fault}")


def test_other_variables_are_nobody_s_business(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert load_config(environ={"PATH": "/bin", "LOG__LEVEL": "loud", "COACHBOOKS": "2"}) == Config()


def test_coaches_come_as_json_with_their_members(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    coaches = [{"key": "d", "name": "Coach D", "users": [123, "124"], "roles": [2**63 - 1]}]

    config = load_config(environ={"COACHBOOK_COACHES": json.dumps(coaches)})

    assert config.seeds == (
        CoachSeed("d", "Coach D", users=frozenset({UserId(123), UserId(124)}), roles=frozenset({RoleId(2**63 - 1)})),
    )


@pytest.mark.parametrize("written", ["123, 456", '["123", 456]', " 123,456,"])
def test_a_list_in_a_variable_is_json_or_has_commas(monkeypatch, tmp_path, written):
    monkeypatch.chdir(tmp_path)

    config = load_config(environ={"COACHBOOK_DISCORD__OPERATORS": written})

    assert config.discord.operators == (123, 456)


def test_how_a_value_is_written_is_forgiven(config_file):
    path = config_file(
        "[discord]\nrest_url = 'http://127.0.0.1:8080/api/v10/'\ncdn_hosts = ['LOCALHOST:8080', '[::1]:80']\n"
        "[log]\nlevel = 'WARNING'\n[storage]\npath = '~/book.db'\n"
    )

    config = load_config(path, {})

    assert config.discord.rest_url == "http://127.0.0.1:8080/api/v10"
    assert config.discord.cdn_hosts == ("localhost:8080", "[::1]:80")
    assert config.log.level == "warning"
    assert config.storage.path == Path.home() / "book.db"


def test_the_configuration_does_not_change():
    with pytest.raises(ValueError, match="frozen"):
        Config().log.level = "debug"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_token_in_the_file_is_refused_with_advice_and_not_shown(config_file):
    fault = the_fault(config_file(f"[discord]\ntoken = '{TOKEN}'\n"))

    assert "discord.token: a token does not belong here" in fault
    assert "DISCORD_TOKEN_FILE" in fault
    assert TOKEN not in fault


def test_a_token_in_a_wrong_place_is_not_shown(config_file):
    path = config_file(f"[log]\nlevel = '{TOKEN}'\n[storage]\n'{TOKEN}' = 1\n")

    told = "\n".join(faults(path, COACHBOOK_DISCORD__TOKEN=TOKEN, COACHBOOK_LOG__FORMAT=TOKEN))

    assert told.count("[hidden]") == 3
    assert TOKEN not in told
    assert "GaBcDe" not in told


def test_the_token_comes_from_the_environment_and_is_not_shown():
    token = read_token({"DISCORD_TOKEN": f" {TOKEN}\n"})

    assert token.get_secret_value() == TOKEN
    assert TOKEN not in f"{token} {token!r}"


def test_the_token_comes_from_a_file_or_a_credential(tmp_path):
    path = tmp_path / "discord-token"
    path.write_text(f"{TOKEN}\n", encoding="utf-8")

    assert read_token({"DISCORD_TOKEN_FILE": str(path)}).get_secret_value() == TOKEN
    assert read_token({"CREDENTIALS_DIRECTORY": str(tmp_path)}).get_secret_value() == TOKEN
    with pytest.raises(TokenError, match=r"^DISCORD_TOKEN_FILE other"):
        read_token({"DISCORD_TOKEN_FILE": "other", "CREDENTIALS_DIRECTORY": str(tmp_path)})
    with pytest.raises(TokenError, match=r"^The credential .*/other/discord-token: can't be read: No such file"):
        read_token({"CREDENTIALS_DIRECTORY": str(tmp_path / "other")})


@pytest.mark.parametrize("written", ['"{}"', "'{}'", " {} ", "Bot {}", '"Bot {}"'])
def test_a_token_is_taken_out_of_what_was_copied_with_it(tmp_path, written):
    file = tmp_path / "token"
    file.write_text(f"{written.format(TOKEN)}\n")

    assert read_token({"DISCORD_TOKEN": written.format(TOKEN)}).get_secret_value() == TOKEN
    assert read_token({"DISCORD_TOKEN_FILE": f'"{file}"'}).get_secret_value() == TOKEN


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_at_the_beginning_of_a_file_is_no_part_of_it(config_file, tmp_path, encoding):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding=encoding)

    assert read_token({"DISCORD_TOKEN_FILE": str(file)}).get_secret_value() == TOKEN
    assert load_config(config_file("[log]\nlevel = 'error'\n".encode(encoding)), {}).log.level == "error"


def test_quotes_that_docker_keeps_around_a_variable_are_no_part_of_it(config_file):
    path = config_file("[limits]\nplan_text = 100\n")

    config = load_config(
        environ={
            "COACHBOOK_CONFIG": f'"{path}"',
            "COACHBOOK_STORAGE__PATH": '"/srv/a b.db"',
            "COACHBOOK_PLUGINS__EXTRA": "'a,b'",
            "COACHBOOK_DISCORD__CDN_HOSTS": '["a.example", "b.example"]',
            "COACHBOOK_LIMITS__PLANS_ON_PAGE": '"7"',
        }
    )

    assert config.limits.plan_text == 100
    assert loader.config_file({"COACHBOOK_CONFIG": f'"{path}"'}) == path
    assert config.storage.path == Path("/srv/a b.db")
    assert config.plugins.extra == ("a", "b")
    assert config.discord.cdn_hosts == ("a.example", "b.example")
    assert config.limits.plans_on_page == 7


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COACHBOOK_SERVICE_HOST", "10.0.0.1"),
        ("COACHBOOK_SERVICE_PORT", "8080"),
        ("COACHBOOK_SERVICE_PORT_WEB", "8080"),
        ("COACHBOOK_PORT", "tcp://10.0.0.1:8080"),
        ("COACHBOOK_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("COACHBOOK_PORT_8080_TCP_PROTO", "tcp"),
        ("COACHBOOK_DB_SERVICE_HOST", "10.0.0.1"),
        ("COACHBOOK_DB_PORT_5432_TCP_ADDR", "10.0.0.1"),
    ],
)
def test_what_kubernetes_says_of_services_is_no_setting(name, value):
    assert load_config(environ={name: value}).discord == Config().discord


def test_another_variable_is_still_unknown():
    assert "unknown variable" in the_fault(COACHBOOK_PROT="x")


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, "http://proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost, .discord.com"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "no_proxy": "*"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "cord.com"}, "http://proxy:3128"),
        ({"HTTPS_PROXY": "http://proxy:1", "COACHBOOK_DISCORD__PROXY": "http://a:b@mine:2/"}, "http://a:b@mine:2/"),
        ({"HTTP_PROXY": "proxy:1", "COACHBOOK_DISCORD__REST_URL": "http://127.0.0.1:8080/api"}, None),
        ({"HTTP_PROXY": "proxy:1", "COACHBOOK_DISCORD__REST_URL": "http://example.org/api"}, "http://proxy:1"),
    ],
)
def test_a_proxy_is_that_of_the_configuration_or_of_the_environment(environ, proxy):
    assert load_config(environ=environ).discord.proxy == proxy


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "COACHBOOK_DISCORD__PROXY"])
def test_what_is_no_http_proxy_is_told_without_its_password(name):
    fault = the_fault(None, **{name: "socks5://user:secret-word@proxy:1080"})

    assert fault.startswith(f"{name}: discord.proxy: found")
    assert "Allowed: the address of an HTTP proxy" in fault
    assert "secret-word" not in fault


@pytest.mark.parametrize("seconds", ["1", "59", "86401"])
def test_a_time_offline_is_never_or_longer_than_heartbeats_are_apart(seconds):
    assert "offline_exit_seconds" in the_fault(COACHBOOK_DISCORD__OFFLINE_EXIT_SECONDS=seconds)
    assert load_config(environ={"COACHBOOK_DISCORD__OFFLINE_EXIT_SECONDS": "0"}).discord.offline_exit_seconds == 0


@pytest.mark.parametrize("environ", [{}, {"DISCORD_TOKEN": ""}, {"DISCORD_TOKEN": " ", "DISCORD_TOKEN_FILE": ""}])
def test_a_missing_token_has_an_error_of_its_own(environ):
    with pytest.raises(TokenError, match=r"token is missing.* DISCORD_TOKEN,.* DISCORD_TOKEN_FILE"):
        read_token(environ)


def test_a_token_that_can_be_none_is_told_and_not_shown():
    with pytest.raises(TokenError, match="DISCORD_TOKEN: holds no token") as caught:
        read_token({"DISCORD_TOKEN": "my secret"})

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "can't be read: No such file"), (b"", "holds no token"), (b"\xff", "it is not text")],
)
def test_a_token_file_that_can_not_be_used_is_told(tmp_path, content, why):
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(TokenError, match=why):
        read_token({"DISCORD_TOKEN_FILE": str(path)})


def test_settings_are_read_without_a_token(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)

    assert load_config() == Config()


def test_what_backups_are_kept_comes_as_json_and_the_rest_is_as_usual():
    config = load_config(environ={"COACHBOOK_BACKUP__KEEP": '{"daily": 2}', "COACHBOOK_STORAGE__PATH": "/srv/book.db"})

    assert config.retention == Retention(2, 4, 12)
    assert config.backup_folder == Path("/srv/backups")


def test_each_book_has_a_spool_of_its_own_unless_one_is_named():
    one, other = (load_config(environ={"COACHBOOK_STORAGE__PATH": f"/srv/{name}.db"}).storage for name in "ab")
    named = load_config(environ={"COACHBOOK_STORAGE__SPOOL_PATH": "/var/spool/book"}).storage

    assert (one.spool_folder, other.spool_folder) == (Path("/srv/spool-a.db"), Path("/srv/spool-b.db"))
    assert named.spool_folder == Path("/var/spool/book")


@pytest.mark.parametrize(
    ("environ", "parent"),
    [
        ({"STATE_DIRECTORY": "/var/lib/coachbook"}, "/var/lib/coachbook"),
        ({"STATE_DIRECTORY": "/var/lib/coachbook:/var/lib/other"}, "/var/lib/coachbook"),
        ({"STATE_DIRECTORY": "/var/lib/coachbook", "XDG_STATE_HOME": "/home/dana/state"}, "/var/lib/coachbook"),
        ({"XDG_STATE_HOME": "/home/dana/state"}, "/home/dana/state/coachbook"),
        ({"STATE_DIRECTORY": "", "XDG_STATE_HOME": "/home/dana/state"}, "/home/dana/state/coachbook"),
        ({"STATE_DIRECTORY": "not/absolute", "XDG_STATE_HOME": "nor/this"}, "/srv"),
    ],
)
def test_the_spool_lies_where_the_system_keeps_what_lasts(environ, parent):
    one, other = (load_config(environ={**environ, "COACHBOOK_STORAGE__PATH": f"/srv/{name}.db"}) for name in "ab")
    named = load_config(environ={**environ, "COACHBOOK_STORAGE__SPOOL_PATH": "/var/spool/book"})

    assert one.storage.spool_folder.parent == other.storage.spool_folder.parent == Path(parent)
    assert one.storage.spool_folder != other.storage.spool_folder
    assert one.paths[SPOOL] == one.storage.spool_folder
    assert named.storage.spool_folder == Path("/var/spool/book")


def test_a_spool_of_another_environment_is_known():
    book, home = Path("/srv/a.db"), {"HOME": "/home/dana"}

    def spool(environ: dict[str, str]) -> Path:
        return load_config(environ={**environ, "COACHBOOK_STORAGE__PATH": str(book)}).storage.spool_folder

    environs = [
        {"STATE_DIRECTORY": "/var/lib/coachbook"},
        {"STATE_DIRECTORY": "/home/dana/.local/state/coachbook"},
        {"XDG_STATE_HOME": "/home/dana/.local/state"},
        {},
    ]
    for one in environs:
        others = other_spools(book, spool(one), home | one)
        assert spool(one) not in others
        assert {spool(other) for other in environs} - {spool(one)} <= {*others}
    own = {"XDG_STATE_HOME": "/state"}
    assert spool(own) in other_spools(book, spool({}), own)
    assert former_spool(book) in other_spools(book, spool({}), {})


@pytest.mark.parametrize(
    ("places", "fault"),
    [
        ({"STORAGE__CHARTS_PATH": "kept"}, "storage.charts_path: kept is for pictures only, and storage.path is"),
        ({"STORAGE__CHARTS_PATH": "../here"}, "storage.charts_path: ../here is for pictures only, and storage.path"),
        ({"STORAGE__CHARTS_PATH": "link"}, "storage.charts_path: link is for pictures only, and storage.path is"),
        ({"BACKUP__FOLDER": "kept/charts"}, "charts_path: kept/charts is for pictures only, and backup.folder is"),
        ({"STORAGE__SPOOL_PATH": "kept/charts/spool"}, "storage.spool_path is in it: kept/charts/spool."),
        ({"STORAGE__SPOOL_PATH": "kept"}, "storage.spool_path: kept/charts is for pictures only, and storage.charts_"),
        ({"STORAGE__SPOOL_PATH": "s", "BACKUP__FOLDER": "s/charts/old"}, "s/charts is for pictures only, and backup."),
        ({"STORAGE__SPOOL_PATH": "s", "STORAGE__PATH": "s/charts/book.db"}, "s/charts is for pictures only, and stor"),
    ],
)
def test_what_is_not_pictures_lies_in_no_folder_for_pictures(monkeypatch, tmp_path, places, fault):
    here = tmp_path / "here"
    (here / "kept").mkdir(parents=True)
    (here / "link").symlink_to("kept")
    monkeypatch.chdir(here)
    variables = {"STORAGE__PATH": "kept/book.db"} | places

    assert fault in faults(**{f"COACHBOOK_{name}": value for name, value in variables.items()})[0]


def test_a_clash_is_told_with_the_variable_or_the_file_that_says_so(config_file, tmp_path):
    path = config_file("[storage]\ncharts_path = '/srv'\n")

    assert load_config(path, {}).storage.charts_folder == Path("/srv")
    told = faults(path, COACHBOOK_STORAGE__PATH="/srv/a/book.db")[0]
    assert told.startswith(f"{path}: storage.charts_path: /srv is for pictures only")
    assert the_fault(COACHBOOK_STORAGE__SPOOL_PATH="data").startswith("COACHBOOK_STORAGE__SPOOL_PATH: storage.spool_")


def test_usual_places_are_apart(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    for places in (
        {},
        {"STORAGE__CHARTS_PATH": "data/pictures", "STORAGE__SPOOL_PATH": "data", "BACKUP__FOLDER": "data"},
        {"STORAGE__SPOOL_PATH": "data/spool", "BACKUP__FOLDER": "data/spool"},
    ):
        load_config(environ={f"COACHBOOK_{name}": value for name, value in places.items()})


def test_a_link_to_a_book_is_followed_and_a_link_around_it_is_none_of_our_business(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "book.db").touch()
    (tmp_path / "link.db").symlink_to("data/book.db")
    (tmp_path / "around").symlink_to("data")

    def book(path: Path) -> Path:
        return load_config(environ={"COACHBOOK_STORAGE__PATH": str(path)}).storage.path

    assert book(tmp_path / "link.db") == tmp_path / "data" / "book.db"
    assert book(tmp_path / "around" / "book.db") == tmp_path / "around" / "book.db"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("a\udcff", "not UTF-8 text"),
        ("n" * 181, "a name of more than 180 bytes"),
        ("n" * 256, "longer than a path can be"),
        ("a/" * 2001, "longer than a path can be"),
    ],
)
def test_what_no_file_can_be_called_is_told(path, why):
    assert f"({why}" in the_fault(COACHBOOK_STORAGE__PATH=path)


@pytest.mark.parametrize(
    ("health", "feed", "is_refused"),
    [
        (("127.0.0.1", 8080), ("127.0.0.1", 8080), True),
        (("127.0.0.1", 8080), (ALL_HOSTS, 8080), True),
        (("::", 8080), ("::1", 8080), True),
        (("127.0.0.1", 8080), ("127.0.0.1", 8081), False),
        (("127.0.0.1", 8080), ("127.0.0.2", 8080), False),
        ((ALL_HOSTS, 8080), ("::", 8080), False),
        (("127.0.0.1", 0), ("127.0.0.1", 0), False),
    ],
)
def test_two_settings_that_open_one_port_are_told(
    config_file, health: tuple[str, int], feed: tuple[str, int], is_refused: bool
):
    path = config_file(f"[health]\nhost = '{health[0]}'\nport = {health[1]}\n")
    environ = {"COACHBOOK_FEED__HOST": feed[0], "COACHBOOK_FEED__PORT": str(feed[1])}

    if is_refused:
        told = f"COACHBOOK_FEED__PORT: feed.port: {feed[1]} is the port of health.port too. Choose another port."
        assert the_fault(path, **environ) == told
    else:
        assert load_config(path, environ).feed.port == feed[1]
