"""Generated databases, which stay for the next run; each measurement gets a copy."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from rich.progress import Progress

from bench import generator
from bench.results import FOLDER
from storage.migrate import MIGRATIONS
from storage.store import Store
from tests.service.scene import GUILD, FakeClock, Services


async def copy_of(plans: int, folder: Path, seed: int = 0) -> Path:
    """Return a copy, in the folder, of the generated database with so many plans of other days and guilds."""
    generated = await _generated(plans, seed)
    return Path(shutil.copyfile(generated, folder / "coachbook.db"))


async def _generated(plans: int, seed: int) -> Path:
    path = FOLDER / f"{plans}-{seed}-{_version()}.db"
    if path.exists():
        return path
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        part = Path(folder) / path.name
        store = Store.open(part)
        try:
            await Services.on(store, FakeClock()).guilds.ensure_guild(GUILD)
            with Progress(transient=True) as progress:
                bar = progress.add_task(f"{plans:,} plans", total=plans)
                async for added in generator.fill(store, plans, seed):
                    progress.update(bar, completed=added)
        finally:
            await store.close()
        return part.rename(path)


def _version() -> str:
    """Return a digest of what a generated database depends on."""
    sources = (Path(generator.__file__), *sorted(MIGRATIONS.glob("[0-9]*.py")))
    return hashlib.sha256(b"".join(each.read_bytes() for each in sources)).hexdigest()[:8]
