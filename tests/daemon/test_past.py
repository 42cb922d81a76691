"""The past that explaining looks at, where a practice has no store yet."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundary_plugins.core.history import NOT_WATCHED, NotWatched
from boundary_plugins.daemon.past import NothingYet
from boundary_plugins.store.keyed_hash import KeyedHash
from boundary_plugins.store.records import Sender
from boundary_plugins.store.repository import open_empty_store

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
SENDER = Sender(address="ab@example.org", domain="example.org")

_CONFIG = """[practice]
name = "Quiet Harbor"
zone = "America/New_York"

[therapist]
addresses = ["therapist@example.com"]

[hours]
weekly = "mon-fri 09:00-17:00"

[store]
state_directory = "state"
"""


@pytest.mark.parametrize("therapist_mail", [None, NOT_WATCHED])
def test_nothing_yet_tells_what_an_empty_store_tells(
    tmp_path: Path, therapist_mail: NotWatched | None
) -> None:
    nothing = NothingYet()

    with open_empty_store(tmp_path, KeyedHash(bytes(32))) as empty:
        history = empty.history("main", SENDER, AT, therapist_mail=therapist_mail, only_before=True)
        found = empty.directory().client_at("ab@example.org")
        changes = empty.availability_changes()

    assert history == nothing.history("main", SENDER, AT, therapist_mail=therapist_mail, only_before=True)
    assert found is nothing.directory().client_at("ab@example.org") is None
    assert list(changes) == list(nothing.availability_changes()) == []


def test_explaining_without_a_store_imports_nothing_that_reads_one(tmp_path: Path) -> None:
    (tmp_path / "boundary.toml").write_text(_CONFIG)
    (tmp_path / "question.eml").write_bytes(b"From: ab@example.org\nTo: therapist@example.com\n\nHello\n")
    script = (
        "import json, sys; from boundary_plugins.cli import execute\n"
        "code = execute(['--config', 'boundary.toml', 'explain', '--json', 'question.eml'])\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr); sys.exit(code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )

    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert 0 == done.returncode
    assert "stranger" == json.loads(done.stdout)["reason"]
    assert set() == loaded & {"sqlalchemy", "alembic", "structlog", "icalendar", "holidays", "keyring"}
    assert not (tmp_path / "state").exists()
