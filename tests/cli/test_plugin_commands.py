"""A command of a plugin's own: found by its name alone, given its tables and secrets, and never in the way."""

import json
import textwrap
from pathlib import Path

import pytest

from boundary_plugins.cli import execute

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-fri 09:00-17:00"
[plugins]
enable = ["loft"]
directory = "plugins"
[[mailboxes]]
name = "roof"
kind = "loft"
door = "north"
"""
PLUGIN = '''
import click
from pydantic import BaseModel, ConfigDict

from boundary_plugins import MailboxProvider, PluginCommand, hookimpl


class LoftSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    door: str


@hookimpl
def register_mailboxes():
    yield MailboxProvider(
        name="loft", summary="a loft", settings=LoftSettings, open=lambda settings, services: None
    )


def load(services):
    @click.group()
    def pigeons():
        """Look after the pigeons."""

    @pigeons.command()
    @click.argument("seed")
    def feed(seed):
        """Feed them."""
        for table in services.tables:
            click.echo(f"{table}, {table.kind}, {table.settings.door} door")
        click.echo(services.own_addresses[0])
        click.echo(f"{services.now().utcoffset()}, {services.path('seed')}")
        click.echo(services.keep_secret("seed", seed))
        click.echo(services.secret("seed"))

    return pigeons


@hookimpl
def register_commands():
    yield PluginCommand(name="NAME", summary="looks after the pigeons", load=LOAD)
'''


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with a loft, and secrets in a file."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    (tmp_path / "plugins").mkdir(mode=0o700)
    write_plugin(tmp_path)
    path = tmp_path / "config.toml"
    path.write_text(f'{CONFIG}\n[store]\nstate_directory = "state"\n')
    return path


def write_plugin(folder: Path, *, name: str = "pigeons", load: str = "load", source: str = PLUGIN) -> None:
    """Put the plugin where the configuration looks for it."""
    file = folder / "plugins" / "loft.py"
    file.write_text(textwrap.dedent(source).replace("NAME", name).replace("LOAD", load))
    file.chmod(0o600)


def test_it_is_given_its_tables_the_time_and_the_secrets(
    practice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what it keeps is there afterwards."""
    code = execute(["--config", str(practice), "pigeons", "feed", "corn"])

    said = capsys.readouterr().out.splitlines()
    assert 0 == code
    assert ["mailbox roof, loft, north door", "therapist@example.com"] == said[:2]
    assert f"0:00:00, {practice.parent / 'seed'}" == said[2]
    assert said[3].startswith("the file ")
    assert "corn" == said[4]


@pytest.mark.parametrize("spelling", [["--config", "{}"], ["--config={}"]])
def test_config_may_stand_after_its_name_too(
    practice: Path, capsys: pytest.CaptureFixture[str], spelling: list[str]
) -> None:
    """Although the configuration is what tells that there is such a command."""
    given = [each.format(practice) for each in spelling]

    code = execute(["pigeons", "feed", *given, "corn"])

    assert 0 == code
    assert "north door" in capsys.readouterr().out


def test_its_help_is_clicks(practice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As with any command."""
    code = execute(["--config", str(practice), "pigeons", "--help"])

    said = capsys.readouterr().out
    assert 0 == code
    assert "Usage: boundary pigeons" in said
    assert "Feed them." in said


def test_it_is_listed_with_its_plugin(practice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`boundary plugins` tells which commands there are."""
    execute(["--config", str(practice), "plugins", "--json"])

    found = json.loads(capsys.readouterr().out)
    (loft,) = [each for each in found["plugins"] if each["name"] == "loft"]
    assert ["mailbox loft", "command pigeons"] == loft["providers"]


@pytest.mark.parametrize("name", ["pigeon", "statsu"])
def test_a_name_that_nobody_has_is_a_usage_error(
    practice: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """With a near miss where there is one among the program's own."""
    code = execute(["--config", str(practice), name])

    said = capsys.readouterr().err
    assert 2 == code
    assert f'There is no command "{name}".' in said
    assert ('Did you mean "status"?' in said) is (name == "statsu")


def test_a_broken_configuration_is_told_but_not_to_somebody_who_mistyped(
    practice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the configuration could tell what "pigeons" is; "statsu" is a slip."""
    practice.write_text(practice.read_text().replace('door = "north"', "dor = 1"))

    codes = [execute(["--config", str(practice), name]) for name in ("pigeons", "statsu")]

    said = capsys.readouterr().err
    assert [78, 2] == codes
    assert "mailboxes[1].dor: " in said
    assert 'Did you mean "status"?' in said


def test_a_name_of_the_programs_own_is_not_to_be_had(
    practice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The program's command runs, and `boundary plugins` tells of the other."""
    write_plugin(practice.parent, name="secret")

    code = execute(["--config", str(practice), "secret", "check", "nothing"])
    execute(["--config", str(practice), "plugins"])

    said = capsys.readouterr()
    assert 1 == code
    assert "There is no secret nothing" in said.out
    assert "plugin loft: its command secret is out of reach behind the program's own" in said.err


@pytest.mark.parametrize(
    ("load", "problem"),
    [
        ("lambda services: 1 / 0", "plugin loft: ZeroDivisionError in loft.py, line "),
        ("lambda services: print", "plugin loft: its command pigeons is builtin_function_or_method and no"),
    ],
)
def test_one_that_cannot_be_loaded_says_so_in_a_sentence(
    practice: Path, capsys: pytest.CaptureFixture[str], load: str, problem: str
) -> None:
    """Never a traceback."""
    write_plugin(practice.parent, load=load)

    code = execute(["--config", str(practice), "pigeons"])

    said = capsys.readouterr().err
    assert 1 == code
    assert said.startswith(problem)


def test_without_a_summary_the_plugin_is_not_taken(
    practice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is registered is checked, as with every hook."""
    write_plugin(practice.parent, source=PLUGIN.replace("looks after the pigeons", ""))

    execute(["--config", str(practice), "plugins"])

    assert "register_commands: a command needs a name of a-z, 0-9" in capsys.readouterr().err


def test_the_programs_own_key_is_not_overwritten(practice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With another one it would forget whom it answered."""
    source = PLUGIN.replace(
        'services.keep_secret("seed", seed)', 'services.keep_secret("keyed-hash-key", "x")'
    )
    write_plugin(practice.parent, source=source)

    code = execute(["--config", str(practice), "pigeons", "feed", "corn"])

    assert 1 == code
    assert "the secret keyed-hash-key is the program's own" in capsys.readouterr().err
