"""The demonstration, run once for all tests that look at what it left."""

from pathlib import Path

import pytest

from demonstration import Shown, boundary


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demonstration's folder, and what it said."""
    folder: Path = tmp_path_factory.mktemp("demo") / "out"
    return Shown(folder, boundary("demo", "--folder", str(folder)))
