"""The versions of plugins that the configuration names: those of their distributions."""

import importlib.metadata
from pathlib import Path

import pytest

from bot.plugin_host.sources import sources


@pytest.mark.parametrize("module", ["hikari", "hikari.impl", "peewee", "yarl"])
def test_an_installed_module_has_the_version_of_its_distribution(module: str):
    [source] = sources((), [module])

    [distribution] = importlib.metadata.packages_distributions()[module.partition(".")[0]]
    assert source.version == importlib.metadata.version(distribution)


@pytest.mark.parametrize("module", ["mine_plugin", "plugin", "mine.helper"])
@pytest.mark.parametrize(("file", "text"), [("top_level.txt", "{}\n"), ("RECORD", "{}.py,,\n"), ("RECORD", "{}/a,,\n")])
def test_each_way_to_list_what_was_installed_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, file: str, text: str
):
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "mine-4.5.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 4.5\n")
    (folder / file).write_text(text.format(module.partition(".")[0]))

    assert [each.version for each in sources((), [module, "lug", "mine_plug"])] == ["4.5", "", ""]
