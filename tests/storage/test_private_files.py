"""Files and folders for one user alone, whatever the umask, and never by way of a link."""

import ast
import os
import pathlib
import stat
from collections.abc import Callable, Iterator

import pytest

from storage import private_files
from storage.private_files import UnsafeFolderError
from tests.processes import ROOT

ANOTHER = 65_534
"""A user who is not the one who runs the tests."""


@pytest.fixture(params=[0, 0o022, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode_of(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_a_folder_and_those_above_it_are_for_one_user(tmp_path: pathlib.Path):
    private_files.make_folder(tmp_path / "a" / "b" / "c")
    private_files.make_subfolder(tmp_path / "a" / "d")
    with private_files.temporary_folder("x-", tmp_path) as folder:
        modes = {mode_of(path) for path in (folder, *tmp_path.rglob("*"))}

    assert modes == {0o700}
    assert not folder.exists()


@pytest.mark.usefixtures("umask")
def test_a_new_file_is_for_one_user(tmp_path: pathlib.Path):
    private_files.create(tmp_path / "created").close()
    private_files.touch(tmp_path / "touched")
    private_files.rewrite(tmp_path / "rewritten").close()
    os.close(private_files.open_or_create(tmp_path / "opened"))
    private_files.copy(tmp_path / "created", tmp_path / "copied")

    assert {mode_of(path) for path in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 5


def test_what_is_there_keeps_its_mode(tmp_path: pathlib.Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder").chmod(0o755)
    (tmp_path / "file").write_text("there")
    (tmp_path / "file").chmod(0o644)

    private_files.make_folder(tmp_path / "folder")
    private_files.make_subfolder(tmp_path / "folder")
    private_files.touch(tmp_path / "file")
    os.close(private_files.open_or_create(tmp_path / "file"))

    assert (mode_of(tmp_path / "folder"), mode_of(tmp_path / "file")) == (0o755, 0o644)
    assert (tmp_path / "file").read_text() == "there"
    with pytest.raises(FileExistsError):
        private_files.create(tmp_path / "file")


FILE_ACTS: dict[str, Callable[[pathlib.Path], object]] = {
    "create": private_files.create,
    "touch": private_files.touch,
    "open_or_create": private_files.open_or_create,
    "rewrite": private_files.rewrite,
    "reading": private_files.reading,
    "copy": lambda path: private_files.copy(path.with_name("source"), path),
}


@pytest.mark.parametrize("act", FILE_ACTS)
@pytest.mark.parametrize("target", ["there", "missing"])
def test_no_link_is_followed(tmp_path: pathlib.Path, act: str, target: str):
    (tmp_path / "source").write_text("mine")
    (tmp_path / "there").write_text("another's")
    (tmp_path / "link").symlink_to(target)

    with pytest.raises(OSError, match=r"symbolic link|File exists"):
        FILE_ACTS[act](tmp_path / "link")

    assert (tmp_path / "there").read_text() == "another's"
    assert not (tmp_path / "missing").exists()


def test_a_link_to_a_folder_is_the_operators_own_and_none_of_ours(tmp_path: pathlib.Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("missing")

    private_files.make_folder(tmp_path / "link")
    private_files.make_folder(tmp_path / "link" / "a" / "b")

    assert (tmp_path / "real" / "a" / "b").is_dir()
    for name in ("link", "dangling"):
        with pytest.raises(FileExistsError):
            private_files.make_subfolder(tmp_path / name)
    with pytest.raises(FileExistsError):
        private_files.make_folder(tmp_path / "dangling" / "a")


def make_link(path: pathlib.Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


UNSAFE: dict[str, tuple[Callable[[pathlib.Path], object], str]] = {
    "a link": (make_link, "is a symbolic link. Remove it"),
    "another's": (
        lambda path: os.chown(path, ANOTHER, -1),
        "belongs to another user (id 65534). Run as that user, or remove it",
    ),
    "writable by a group": (lambda path: path.chmod(0o770), "Other users can write to"),
    "writable by all": (lambda path: path.chmod(0o1777), "Other users can write to"),
}


@pytest.mark.parametrize("how", UNSAFE)
def test_a_folder_that_others_can_write_is_refused_and_the_reason_given(tmp_path: pathlib.Path, how: str):
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    private_files.refuse_unsafe(folder)
    spoil, why = UNSAFE[how]
    spoil(folder)

    with pytest.raises(UnsafeFolderError) as caught:
        private_files.refuse_unsafe(folder)

    assert why in (caught.value.strerror or "")
    assert "storage." not in (caught.value.strerror or ""), "no setting of one of those who use it"


def test_a_copy_that_fails_leaves_nothing(tmp_path: pathlib.Path):
    for missing in (tmp_path / "missing", tmp_path):
        with pytest.raises(OSError, match=r"No such file|Is a directory"):
            private_files.copy(missing, tmp_path / "copy")

    assert list(tmp_path.iterdir()) == []


def test_what_is_open_to_others_is_listed(tmp_path: pathlib.Path):
    modes = {"a": 0o600, "b": 0o640, "c": 0o604, "d": 0o700, "e": 0o755, "f": 0o775, "g": 0o1777}
    for name, mode in modes.items():
        path = tmp_path / name
        path.touch() if name < "d" else path.mkdir()
        path.chmod(mode)
    paths = [tmp_path / name for name in modes]

    found = private_files.open_to_others([*paths[:3], tmp_path / "missing"], paths[3:])

    assert {path.name: mode for path, mode in found} == {name: modes[name] for name in "bcfg"}


MAKERS = {
    *("mkdir", "makedirs", "touch", "write_text", "write_bytes", "symlink_to", "hardlink_to"),
    *("mkdtemp", "mkstemp", "TemporaryDirectory", "NamedTemporaryFile", "TemporaryFile"),
    *("copy2", "copyfile", "copytree", "chmod", "fchmod", "copymode", "copystat"),
}
"""Functions that make a file or a folder, or change its mode, by their last name."""


def makers_in(source: str) -> list[str]:
    """Calls that make a file or a folder with the mode that the umask leaves."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(_, "O_CREAT"):
                found.append(ast.unparse(node))
            case ast.Call(ast.Attribute(value, name)) if name in MAKERS and ast.unparse(value) != "private_files":
                found.append(ast.unparse(node))
            case ast.Call(ast.Attribute(_, "open"), [ast.Constant(str(mode)), *_]) if set(mode) & set("wax"):
                found.append(ast.unparse(node))
            case ast.Call(ast.Name("open"), [_, ast.Constant(str(mode)), *_]) if set(mode) & set("wax"):
                found.append(ast.unparse(node))
            case ast.Call(ast.Attribute(_, "ZipFile"), [_, ast.Constant("x"), *_]):
                found.append(ast.unparse(node))
            case _:
                pass
    return found


@pytest.mark.parametrize("package", ["bot", "plugins", "storage"])
def test_files_and_folders_are_made_in_one_module(package: str):
    for file in (ROOT / package).rglob("*.py"):
        if file.name != "private_files.py":
            assert not makers_in(file.read_text()), file


@pytest.mark.parametrize(
    "source",
    [
        "path.mkdir()",
        "path.with_name('x').touch(mode=0o600)",
        "path.open('xb')",
        "open(path, 'w')",
        "zipfile.ZipFile(path, 'x')",
        "os.open(path, os.O_RDWR | os.O_CREAT, 0o600)",
        "tempfile.TemporaryDirectory(dir=folder)",
        "shutil.copyfile(source, target)",
    ],
)
def test_the_sweep_finds_what_makes_a_file(source: str):
    assert makers_in(source)
