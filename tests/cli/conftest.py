"""The demonstration, run once for all tests that look at what it left."""

from pathlib import Path

import pytest

from cli.money import Boundary
from demonstration import Shown, boundary


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demonstration's folder, and what it said."""
    folder: Path = tmp_path_factory.mktemp("demo") / "out"
    return Shown(folder, boundary("demo", "--folder", str(folder)))


@pytest.fixture
def money(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Boundary:
    """A practice with fees, and with AB and CD who agreed to them."""
    made = Boundary(tmp_path, capsys)
    made.on_file("AB", "CD")
    return made
