"""What the sweeps share: the benches they run on, and the table that is shown at the end."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from sweep import tracing
from sweep.practice import make_practice
from sweep.sweeping import DAEMON, Bench, Table
from sweep.tracing import Point

_TABLE = pytest.StashKey[Table]()
_HEADINGS = ("design", "points fired", "doubled", "lost", "set aside", "otherwise wrong")


def pytest_configure(config: pytest.Config) -> None:
    """Begin an empty table."""
    config.stash[_TABLE] = Table()


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Table:
    """The table that is shown at the end."""
    return request.config.stash[_TABLE]


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Where the runs are made. Without strace there is none: that fails where every check must run."""
    if sys.platform != "linux":
        pytest.skip("the kill sweep needs Linux")
    if not tracing.is_there():
        if os.environ.get("CI"):
            pytest.fail("the kill sweep needs strace; on Debian: apt install strace")
        pytest.skip("the kill sweep needs strace; on Debian: apt install strace")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        template = make_practice(tmp_path_factory.mktemp("template"))
        yield Bench.open(stack, template, tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def points(bench: Bench) -> list[Point]:
    """Every point of the daemon, from the arrival of the mail to its end."""
    return bench.points(DAEMON)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the table."""
    rows = [_HEADINGS, *config.stash[_TABLE].rows]
    if len(rows) == 1:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    terminalreporter.section("kill sweep")
    for row in rows:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        terminalreporter.write_line("  ".join(cells))
