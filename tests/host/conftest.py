"""Plugins that misbehave, written to disk, and distributions that claim names."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.core.availability import Window
from boundary_plugins.core.circumstances import Circumstances
from boundary_plugins.core.history import History
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import Headers, SubjectMessage
from boundary_plugins.core.policy import ResponsePolicy

PluginWriter = Callable[..., Path]


@pytest.fixture
def write_plugin(tmp_path: Path) -> PluginWriter:
    """Write a one-file plugin into `plugins`; the file."""

    def write(name: str, text: str) -> Path:
        """One file."""
        folder = tmp_path / "plugins"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"{name}.py"
        file.write_text(textwrap.dedent(text))
        file.chmod(0o600)
        return file

    return write


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PluginWriter]:
    """Put a distribution with one plugin on the path, as an installer would."""
    before = set(sys.modules)

    def put(distribution: str, name: str, module: str, text: str, version: str = "1.0") -> Path:
        """One distribution."""
        site = tmp_path / f"site-{distribution}"
        metadata = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        metadata.mkdir(parents=True)
        (site / f"{module}.py").write_text(textwrap.dedent(text))
        (metadata / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        (metadata / "entry_points.txt").write_text(f"[boundary_plugins]\n{name} = {module}\n")
        monkeypatch.syspath_prepend(str(site))
        return site

    yield put
    for module in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[module], "__file__", "")):
            del sys.modules[module]


@pytest.fixture
def circumstances() -> Circumstances:
    """One message of an unknown person, at night."""
    at = datetime(2026, 3, 2, 22, tzinfo=UTC)
    night = Window(Interval(at - timedelta(hours=5), at + timedelta(hours=11)), False, ("weekly hours",))
    return Circumstances(
        message=SubjectMessage("1", at, Headers({"from": ("client@example.org",)})),
        client=None,
        window=night,
        next_opening_at=night.interval.end,
        policy=ResponsePolicy(own_addresses=("therapist@example.com",)),
        history=History(),
        at=at,
    )
