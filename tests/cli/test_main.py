"""The command line as a whole: what it imports, how it ends, and what it says when something is wrong."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import click
import pytest

from boundary_plugins.cli import COMMANDS, execute
from boundary_plugins.errors import AuthorizationNeeded, StoreError, UsageProblem

HEAVY = (
    *("alembic", "babel", "cryptography", "exchangelib", "google", "googleapiclient", "holidays"),
    *("icalendar", "jinja2", "keyring", "pluggy", "pydantic", "rich", "sqlalchemy", "structlog", "tomlkit"),
    "typst",
    *(
        "boundary_plugins.config",
        "boundary_plugins.store",
        "boundary_plugins.host",
        "boundary_files",
        "boundary_google",
    ),
)


def test_help_imports_nothing_heavy() -> None:
    """Neither a provider's SDK nor SQLAlchemy, nor anything else that takes time."""
    script = (
        "import json, sys; from boundary_plugins.cli import execute; code = execute(['--help']);"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr); sys.exit(code)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)

    loaded = set(json.loads(done.stderr))
    assert 0 == done.returncode
    assert set() == loaded.intersection(HEAVY)
    assert "boundary_plugins.cli" in loaded


def test_help_lists_the_commands_in_order_of_use(capsys: pytest.CaptureFixture[str]) -> None:
    code = execute(["--help"])

    listed = capsys.readouterr().out.partition("Commands:\n")[2]
    assert 0 == code
    places = [listed.index(f"\n  {name} ") if index else 0 for index, name in enumerate(COMMANDS)]
    assert sorted(places) == places


def test_the_installed_command_tells_its_version() -> None:
    boundary = Path(sys.executable).with_name("boundary")

    done = subprocess.run([boundary, "--version"], capture_output=True, text=True, timeout=60)

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("boundary 0.")


def test_a_misspelt_command_is_a_usage_error_with_the_near_miss(capsys: pytest.CaptureFixture[str]) -> None:
    code = execute(["clinet"])

    assert 2 == code
    assert 'There is no command "clinet". Did you mean "client"?' in capsys.readouterr().err


@pytest.fixture
def command_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Puts a command of the test's own in the place of `explain`."""

    def put(action: Callable[[], object]) -> None:
        module = ModuleType("boundary_plugins.cli.explain")
        module.explain = click.command(lambda: action())  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "boundary_plugins.cli.explain", module)

    return put


def raising(error: BaseException) -> Callable[[], object]:
    def action() -> object:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (StoreError("the store is locked"), 1, "the store is locked\n"),
        # A class's own sentence stands in for a missing one.
        (StoreError(), 1, "The store cannot be used.\n"),
        (UsageProblem("missing: --zone"), 2, "missing: --zone\n"),
        (AuthorizationNeeded("mailbox main"), 77, "mailbox main: The provider wants a new sign-in.\n"),
        (KeyboardInterrupt(), 130, "\nStopped.\n"),
    ],
)
def test_each_kind_of_error_has_its_code_and_one_sentence(
    command_that: Callable[[Callable[[], object]], None],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    sentence: str,
) -> None:
    command_that(raising(error))

    ended = execute(["explain"])

    assert (code, sentence) == (ended, capsys.readouterr().err)


def test_a_missing_configuration_ends_with_78(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = execute(["--config", str(tmp_path / "none.toml"), "plugins"])

    assert 78 == code
    assert (
        "none.toml: there is no configuration here; make one with: boundary init\n" in capsys.readouterr().err
    )


def test_config_may_stand_after_the_command_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = execute(["client", "list", "--config", str(tmp_path / "other.toml")])

    assert 78 == code
    assert "other.toml: there is no configuration here" in capsys.readouterr().err


def test_what_nobody_expected_is_one_calm_sentence_without_its_payload(
    command_that: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    command_that(raising(RuntimeError("Subject: a secret")))

    code = execute(["explain"])

    said = capsys.readouterr().err
    assert 1 == code
    assert 1 == said.count("\n")
    assert "(RuntimeError in test_main.py, line" in said
    assert "set BOUNDARY_DEBUG=1" in said
    assert "secret" not in said


def test_on_request_the_traceback_is_shown(
    command_that: Callable[[Callable[[], object]], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BOUNDARY_DEBUG", "1")
    command_that(raising(RuntimeError("details")))

    code = execute(["explain"])

    assert 1 == code
    assert "Traceback" in (said := capsys.readouterr().err)
    assert "RuntimeError: details" in said


def test_a_command_that_returns_a_number_ends_with_it(
    command_that: Callable[[Callable[[], object]], None],
) -> None:
    command_that(lambda: 1)

    code = execute(["explain"])

    assert 1 == code


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`boundary … | head -1`: the pipe closes while we still write."""
    script = (
        "import sys, types, click; from boundary_plugins.cli import main\n"
        "module = types.ModuleType('boundary_plugins.cli.explain')\n"
        "module.explain = click.command(lambda: [click.echo('x' * 999) for _ in range(999)])\n"
        "sys.modules['boundary_plugins.cli.explain'] = module\n"
        "sys.argv = ['boundary', 'explain']; main()"
    )

    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert b"" == said
