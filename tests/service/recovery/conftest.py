"""The replay of a queue, with folders for the pictures that are there and for those that were put aside."""

from pathlib import Path

import pytest

from bot.domain.values import Limits
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspectors import Inspectors
from bot.service.pictures.intake import IntakeService
from bot.service.recovery.replay import ReplayService
from storage.chart_files import ChartFiles
from storage.store import Store
from tests.service.scene import Services


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def aside(folder: Path, clock) -> ChartFiles:
    folder.mkdir()
    return ChartFiles(folder / "charts", clock)


@pytest.fixture
def replayer(services: Services, store: Store, clock, aside: ChartFiles) -> ReplayService:
    parts = (store, clock, services.guilds, services.drafts)
    rest = (Downloads((), 1, 1), Inspectors(1), Limits())
    intake, intake_aside = (IntakeService(*parts, files, *rest) for files in (services.files, aside))
    return ReplayService(
        services.plans,
        services.charts,
        services.history,
        services.drafts,
        intake,
        services.files,
        aside,
        intake_aside,
    )
