"""`boundary availability export`: the script as it is, where everyone may be answered."""

from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from boundary_plugins.cli import execute
from boundary_plugins.codecs.sieve import is_unchanged_sieve_script, sieve_answers
from boundary_plugins.core.interval import Interval

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
region = "US"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-fri 09:00-17:00"
[responses]
audience = "{audience}"
[store]
state_directory = "state"
[plugins]
enable = []
"""
#: A Tuesday, 10:00 in New York.
NOW = datetime.fromisoformat("2026-11-24T15:00:00+00:00")


def exported(
    folder: Path, capsys: pytest.CaptureFixture[str], audience: str = "everyone"
) -> tuple[int, str, str]:
    """The exit code, the output and the errors."""
    (folder / "config.toml").write_text(CONFIG.format(audience=audience))
    with time_machine.travel(NOW, tick=False):
        code = execute(
            ["--config", str(folder / "config.toml"), "availability", "export", "--format", "sieve"]
        )
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_script_is_printed_for_any_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It asks for no extension that not every server has, and holds no client."""
    code, script, _ = exported(tmp_path, capsys)

    assert 0 == code
    assert is_unchanged_sieve_script(script)
    assert 'require ["date", "envelope", "relational", "vacation", "variables"];' in script
    assert "Wednesday, November 25 at 9:00 AM" in script
    tonight = Interval(NOW, NOW.replace(day=25))
    assert [NOW.replace(hour=22)] == [each.start for each in sieve_answers(script, tonight) or ()]


def test_nothing_is_made_by_printing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No store."""
    exported(tmp_path, capsys)

    assert ["config.toml"] == [path.name for path in tmp_path.iterdir()]


def test_where_only_clients_are_answered_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And prints no script."""
    code, script, error = exported(tmp_path, capsys, audience="clients")

    assert (2, "") == (code, script)
    assert 'audience = "everyone"' in error
