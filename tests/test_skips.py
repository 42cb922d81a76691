"""A skipped test fails the run where every check must run, and only there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPING = "import pytest\n\n\ndef test_one():\n    pytest.skip('no server')\n\n\ndef test_two():\n    pass\n"
RUNNING = "def test_one():\n    pass\n"


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(
    ("source", "ci", "expected"),
    [
        (SKIPPING, "true", 1),
        # On a stranger's machine a missing server is no failure.
        (SKIPPING, "", 0),
        (RUNNING, "true", 0),
    ],
)
def test_a_skip_fails_the_run_under_ci(
    tmp_path: Path, source: str, ci: str, expected: int, workers: str
) -> None:
    """In one process and over several workers alike."""
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_it.py").write_text(source)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=environment | {"CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )

    assert expected == done.returncode, done.stdout
    assert (expected == 1) is ("every test must run" in done.stdout)
