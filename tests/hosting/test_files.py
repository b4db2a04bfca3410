"""The files for those who run the bot: the Dockerfile, compose.yaml and the systemd unit."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import VERSION
from bot.config.loader import load_config
from tests.hosting.dockerfile import parse
from tests.hosting.unit import UNIT, Unit
from tests.processes import ROOT

DEPLOY = ROOT / "deploy"
LOGGING = {"COACHBOOK_LOG__FORMAT=json", "COACHBOOK_LOG__STREAM=stdout"}
MAX_EXPOSURE = 20
"""Tenths of the exposure level that systemd-analyze computes: up to here it says OK."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The services of compose.yaml, and what they use."""
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def image_variables() -> list[str]:
    """The environment of the image."""
    return [each.value for each in parse((ROOT / "Dockerfile").read_text(encoding="utf-8")) if each.name == "ENV"]


def test_the_image_runs_as_a_fixed_user_who_is_not_root_and_owns_the_volume():
    steps = parse((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    last = {each.name: each.value for each in steps}

    assert last["FROM"].endswith("-slim")
    assert last["USER"] == "10001:10001"
    assert last["RUN"] == "install -d -o 10001 -g 10001 -m 700 /data"
    assert last["VOLUME"] == last["WORKDIR"] == "/data"
    assert last["HEALTHCHECK"].endswith('CMD ["coachbook", "health"]')
    assert {"STATE_DIRECTORY=/data", *LOGGING} <= set(image_variables())


def test_the_image_gets_what_the_wheel_is_made_of_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {each.removesuffix("*") for each in project["tool"]["setuptools"]["packages"]["find"]["include"]}

    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert allowed == packages | {"requirements", "LICENSE", "README.md", "pyproject.toml"}
    assert all((ROOT / each).exists() for each in allowed)
    assert "*" in lines


def test_compose_declares_all_that_its_services_use(compose: dict[str, Any]):
    services = compose["services"].values()
    sources = {each.split(":")[0] for service in services for each in service["volumes"]}

    assert {each for each in sources if not each.startswith(".")} == set(compose["volumes"])
    assert all((ROOT / each).exists() for each in sources if each.startswith("."))
    assert {each for service in services for each in service.get("secrets", ())} == set(compose["secrets"])


def test_compose_gives_the_bot_its_token_as_a_file_and_the_time_to_stop(compose: dict[str, Any]):
    bot = compose["services"]["coachbook"]
    [secret] = bot["secrets"]

    assert bot["environment"]["DISCORD_TOKEN_FILE"] == f"/run/secrets/{secret}"
    assert bot["volumes"] == ["data:/data"]
    assert int(bot["stop_grace_period"].removesuffix("s")) >= 10
    assert bot["cap_drop"] == ["ALL"]
    token = compose["secrets"][secret]["file"].removeprefix("./")
    ignored = subprocess.run(["/usr/bin/env", "git", "check-ignore", token], cwd=ROOT, check=False, capture_output=True)
    assert ignored.returncode == 0, "the token could be committed"


def test_all_variables_are_settings(compose: dict[str, Any]):
    variables = dict(each.split("=", 1) for each in [*image_variables(), *Unit.read().all("Environment")])

    config = load_config(environ=variables | compose["services"]["coachbook"]["environment"])

    assert config.log.format == "json"
    assert config.storage.spool_folder.parent == Path("/data")


def test_prometheus_and_grafana_run_only_when_asked_for_and_find_each_other(compose: dict[str, Any]):
    services = compose["services"]
    scraped = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))
    [source] = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"]
    [target] = scraped["scrape_configs"][0]["static_configs"][0]["targets"]

    assert {name for name, each in services.items() if "profiles" not in each} == {"coachbook"}
    assert f"COACHBOOK_HEALTH__PORT={target.removeprefix('coachbook:')}" in image_variables()
    assert services["coachbook"]["environment"]["COACHBOOK_HEALTH__HOST"] == "0.0.0.0"  # noqa: S104
    assert source["url"] == "http://prometheus:9090"


@pytest.mark.parametrize("title", ["With docker compose", "As a systemd service"])
def test_each_way_takes_five_lines_with_the_names_of_the_files(title: str):
    page = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = re.search(r"^(?:    .+\n)+", section, re.MULTILINE)
    assert lines
    unit, [secret] = Unit.read(), yaml.safe_load((ROOT / "compose.yaml").read_text())["secrets"].values()
    names = {
        "With docker compose": ["-o 10001", secret["file"].removeprefix("./")],
        "As a systemd service": [
            f"--home-dir {unit.one('WorkingDirectory')} {unit.one('User')}",
            unit.one("LoadCredential").partition(":")[2],
            unit.one("ExecStart").partition("/bin/")[0],
            f"coachbook-{VERSION}-py3-none-any.whl",
        ],
    }

    assert lines[0].count("\n") == 5
    assert [each for each in names[title] if each not in lines[0]] == []


def test_each_version_has_its_notes():
    assert f"\n## {VERSION}\n" in (ROOT / "docs" / "upgrading.md").read_text(encoding="utf-8")


def test_no_file_names_a_package_index():
    for path in (ROOT / "Dockerfile", ROOT / "compose.yaml", *DEPLOY.rglob("*.*")):
        assert not re.search(r"index-url|find-links|simple/", path.read_text(encoding="utf-8")), path


def test_the_unit_waits_for_the_bot_and_watches_it():
    unit = Unit.read()

    assert unit.one("Type") == "notify"
    assert set(unit.all("Environment")) >= LOGGING
    assert int(unit.one("WatchdogSec")) >= 30
    assert unit.one("Restart") == "on-failure"
    assert unit.one("LoadCredential").startswith("discord-token:")


def test_the_unit_is_one_that_systemd_takes_and_calls_safe(tmp_path: Path):
    """The two programs of systemd-analyze judge the unit with a program that exists."""
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub("ExecStart=.*", "ExecStart=/bin/true", UNIT.read_text(encoding="utf-8")), encoding="utf-8")
    checks = [["verify"], ["security", "--offline=yes", f"--threshold={MAX_EXPOSURE}"]]

    for check in checks:
        done = subprocess.run(
            ["/usr/bin/env", "systemd-analyze", *check, str(unit)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
