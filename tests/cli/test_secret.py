"""`boundary secret`, through the real command line."""

import os
import subprocess
import sys
from pathlib import Path

from boundary_plugins.secrets import SecretChain

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "UTC"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-fri 09:00-17:00"
[store]
state_directory = "state"
"""


def boundary(folder: Path, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the command with a configuration in the folder, and no keyring."""
    (folder / "config.toml").write_text(CONFIG, "utf-8")
    command = [sys.executable, "-c", "from boundary_plugins.cli import main; main()"]
    environment = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    return subprocess.run(
        [*command, "--config", str(folder / "config.toml"), "secret", *arguments],
        input=given,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


def test_a_secret_is_kept_and_never_shown(tmp_path: Path) -> None:
    """What is piped in is found by the program, and stands in no output and no readable file."""
    kept = boundary(tmp_path, "set", "smtp-main", given="open sesame\n")

    checked = boundary(tmp_path, "check", "smtp-main")

    assert (0, 0) == (kept.returncode, checked.returncode)
    assert "sesame" not in kept.stdout + kept.stderr + checked.stdout
    assert "open sesame" == SecretChain(tmp_path / "state", use_keyring=False).get("smtp-main")
    assert all(b"sesame" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_secret_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With the command that keeps it, and exit code 1."""
    checked = boundary(tmp_path, "check", "smtp-main")

    assert 1 == checked.returncode
    assert "boundary secret set smtp-main" in checked.stdout


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    """One clear sentence, exit code 2."""
    refused = boundary(tmp_path, "set", "smtp-main", given="")

    assert 2 == refused.returncode
    assert ["no secret was given on standard input; allowed: one line with the secret"] == (
        refused.stderr.splitlines()
    )


def test_the_programs_own_key_is_not_replaced(tmp_path: Path) -> None:
    """With another key the store would not match any more."""
    refused = boundary(tmp_path, "set", "keyed-hash-key", given="x\n")

    assert 2 == refused.returncode
    assert "forget whom it answered" in refused.stderr
