"""`boundary client import`: shown first, taken over as a whole or not at all, and twice is once."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary_plugins.cli import execute
from cli.test_client import CONFIG

Boundary = Callable[..., tuple[int, str, str]]

CLIENTS = (
    "Client ID,Name,Email,Other e-mail,Time zone\n"
    "17,Anna Bell,anna@example.org,bell@example.net,Europe/Berlin\n"
    ",Carl Dorn,carl@example.org,,\n"
    ",Nobody Here,,,\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A practice of its own, with a file of clients."""
    (tmp_path / "config.toml").write_text(
        CONFIG + '[[client_directories]]\nname = "records"\nkind = "csv"\npath = "clients.csv"\n'
    )
    (tmp_path / "clients.csv").write_text(CLIENTS)
    return tmp_path


@pytest.fixture
def boundary(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Boundary:
    """Runs a command in that folder; its exit code, output and errors."""
    monkeypatch.chdir(folder)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = execute(["--config", "config.toml", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def on_file(boundary: Boundary) -> list[dict[str, Any]]:
    """The clients on file."""
    found: list[dict[str, Any]] = json.loads(boundary("client", "list", "--json")[1])
    return found


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """A person at a terminal."""
    from io import StringIO

    typed = StringIO(f"{answer}\n")
    typed.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", typed)


def test_clients_are_taken_over_with_an_id_for_each_line_and_no_name(boundary: Boundary) -> None:
    """An id of the file, else initials; the preview names each by its line."""
    code, out, err = boundary("client", "import", "clients.csv", "--yes")

    assert (0, "") == (code, err)
    assert ["17", "added", "2", "addresses,", "Europe/Berlin"] == out.splitlines()[1].split()[1:]
    assert out.splitlines()[2].startswith("clients.csv:3  CD")
    assert "On file: 2 added, 1 left out." == out.splitlines()[-1]
    assert "Anna" not in out
    assert [("17", ["anna@example.org", "bell@example.net"]), ("CD", ["carl@example.org"])] == [
        (client["id"], client["addresses"]) for client in on_file(boundary)
    ]


def test_a_second_import_of_the_same_file_changes_nothing(boundary: Boundary) -> None:
    """Nor does one of the same clients as cards."""
    boundary("client", "import", "clients.csv", "--yes")
    before = on_file(boundary)

    again = boundary("client", "import", "clients.csv", "--yes")

    assert 0 == again[0]
    assert "2 left as it is, 1 left out. There is nothing to change.\n" == again[1].splitlines(True)[-1]
    assert before == on_file(boundary)


def test_a_dry_run_shows_the_same_and_changes_nothing(boundary: Boundary, folder: Path) -> None:
    """No store is made, and no folder."""
    before = sorted(folder.rglob("*"))

    code, out, _ = boundary("client", "import", "clients.csv", "--dry-run")

    assert 0 == code
    assert out.endswith("2 would be added, 1 left out. Nothing was changed (a dry run).\n")
    assert before == sorted(folder.rglob("*"))


@pytest.mark.parametrize(("answer", "code", "ids"), [("y", 0, ["17", "CD"]), ("n", 2, [])])
def test_on_a_terminal_it_asks_first(
    boundary: Boundary, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, ids: list[str]
) -> None:
    """After the preview."""
    answering(monkeypatch, answer)

    ended, out, _ = boundary("client", "import", "clients.csv")

    assert code == ended
    assert "2 would be added, 1 left out.\nPut these on file? [y/N]: " in out
    assert ids == [client["id"] for client in on_file(boundary)]


def test_everything_that_is_refused_is_told_at_once_and_nothing_is_changed(
    boundary: Boundary, folder: Path
) -> None:
    """By file and line; without an address or a name."""
    (folder / "more.csv").write_text(
        "id,email,zone,region\n"
        "1,nonsense,,\n"
        "2,two@example.org,Berlin,XX\n"
        "x@y,three@example.org,,\n"
        "4,carl@example.org,,\n"
    )

    code, out, err = boundary("client", "import", "clients.csv", "more.csv", "--yes")

    assert 1 == code
    assert "1 left out, 3 refused. Nothing was changed: put the refused ones right" in out
    lines = err.splitlines()
    assert [2, 3, 4] == [int(line.split(":")[2]) for line in lines]
    assert all("; allowed: " in line or "an id is a short text" in line for line in lines)
    assert 'there is no time zone "Berlin"; did you mean "Europe/Berlin"?' in lines[1]
    assert 'there is no region "XX"' in lines[1]
    assert "nonsense" not in err
    assert [] == on_file(boundary)


def test_the_rest_is_taken_where_a_person_leaves_out_what_is_refused(
    boundary: Boundary, folder: Path
) -> None:
    """Deliberately."""
    (folder / "clients.csv").write_text("email,name\nnonsense,Anna Bell\ncarl@example.org,Carl Dorn\n")

    code, out, err = boundary("client", "import", "clients.csv", "--skip-refused")

    assert 0 == code
    assert "Refused: clients.csv:2: " in err
    assert out.endswith("On file: 1 added, 1 refused.\n")
    assert ["CD"] == [client["id"] for client in on_file(boundary)]


def test_a_client_on_file_is_merged_by_address_and_what_differs_is_told(boundary: Boundary) -> None:
    """Nothing is replaced."""
    boundary("client", "add", "AB", "--address", "ANNA@example.org", "--zone", "Europe/Paris")

    code, out, _ = boundary("client", "import", "clients.csv")

    assert 0 == code
    assert "clients.csv:2  AB      merged    1 more address\n" in out
    assert "Kept: clients.csv:2: the id of AB is AB, and 17 here; AB stays\n" in out
    kept = "the time zone of AB is Europe/Paris, and Europe/Berlin here; Europe/Paris stays"
    assert f"Kept: clients.csv:2: {kept}\n" in out
    assert ["ANNA@example.org", "bell@example.net"] == on_file(boundary)[0]["addresses"]
    assert "Europe/Paris" == on_file(boundary)[0]["zone"]


def test_a_directory_of_the_configuration_is_imported_by_its_name(boundary: Boundary) -> None:
    """As the daemon reads it."""
    code, _, _ = boundary("client", "import", "--from", "records", "--yes")

    assert 0 == code
    assert ["17", "CD"] == [client["id"] for client in on_file(boundary)]


def test_columns_and_the_kind_can_be_told(boundary: Boundary, folder: Path) -> None:
    """Where headings and names do not tell."""
    (folder / "export").write_text("Kontakt,Zeichen\nanna@example.org,A-7\n")

    code, _, _ = boundary(
        *("client", "import", "export", "--kind", "csv"),
        *("--map", "email=Kontakt", "--map", "id=Zeichen", "--yes"),
    )

    assert 0 == code
    assert [("A-7", ["anna@example.org"])] == [(one["id"], one["addresses"]) for one in on_file(boundary)]


def test_json_has_every_entry_and_what_was_written(boundary: Boundary) -> None:
    """For a program."""
    found = json.loads(boundary("client", "import", "clients.csv", "--json")[1])

    assert found["written"]
    assert [("clients.csv:2", "added", "17"), ("clients.csv:3", "added", "CD")] == [
        (each["place"], each["outcome"], each["client_id"]) for each in found["entries"][:2]
    ]
    assert ["17", "CD"] == [client["id"] for client in found["added"]]
    assert ([], []) == (found["edited"], found["differences"])


def test_an_id_that_looks_like_a_name_is_taken_with_a_word_about_it(boundary: Boundary) -> None:
    """As `client add` does."""
    _, _, err = boundary("client", "import", "clients.csv", "--map", "id=Name", "--yes")

    assert "3 ids" not in err
    assert "2 ids would look like a full name" in err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        # Nothing to read, or two things.
        ([], 2, "name files to import, or a directory of the configuration with --from NAME"),
        (["clients.csv", "--from", "records"], 2, "name files to import, or"),
        (["--from", "records", "--map", "id=x"], 2, "the configuration says the kind and the columns"),
        (["--from", "nobody"], 2, "there is no client directory nobody; allowed: records"),
        # Files that are none.
        (["none.csv"], 2, "there is no file"),
        (["config.toml"], 2, "its name does not tell what it is; allowed: .csv, .tsv, .txt, .vcard, .vcf"),
        (["clients.csv", "--kind", "vcard"], 2, "clients.csv: there is no card in it"),
        (["clients.csv", "--kind", "xml"], 2, "kind: no enabled plugin offers the client directory 'xml'"),
        # Columns that are none.
        (["clients.csv", "--map", "email"], 2, '"email" maps nothing; allowed: FIELD=COLUMN'),
        (["clients.csv", "--map", "shoe=Name"], 2, "--map shoe: is not a known key; allowed: id, initials, "),
        (["clients.csv", "--map", "emial=Name"], 2, '--map emial: is not a known key; did you mean "email"?'),
        (["clients.csv", "--map", "id=Shoe"], 2, 'clients.csv:1: there is no column "Shoe"; allowed: '),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence(
    boundary: Boundary, arguments: list[str], code: int, says: str
) -> None:
    """And nothing changes."""
    ended, _, err = boundary("client", "import", *arguments, "--yes")

    assert code == ended
    assert says in err
    assert "Traceback" not in err
    assert [] == on_file(boundary)


def test_without_a_plugin_that_reads_clients_that_is_said(boundary: Boundary, folder: Path) -> None:
    """With what to do."""
    (folder / "config.toml").write_text(CONFIG + "[plugins]\nenable = []\n")

    code, _, err = boundary("client", "import", "clients.csv")

    assert 2 == code
    assert 'enable a plugin that reads clients, such as "files"' in err
