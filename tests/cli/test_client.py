"""`boundary client`: on file, shown, changed; and what is refused."""

import json
from collections.abc import Callable
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
[store]
state_directory = "state"
"""

Boundary = Callable[..., tuple[int, str, str]]


@pytest.fixture
def boundary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Boundary:
    """Runs a command on a practice of its own; its exit code, output and errors."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = execute(["--config", str(path), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def shown(boundary: Boundary, id: str) -> dict[str, object]:
    code, out, _ = boundary("client", "show", id, "--json")
    assert 0 == code
    answer: dict[str, object] = json.loads(out)
    return answer


def test_a_client_on_file_is_listed_and_shown(boundary: Boundary) -> None:
    added = boundary(
        *("client", "add", "A.B.", "--address", "ab@example.org", "--address", "a.b@example.net"),
        *("--zone", "Europe/Berlin", "--language", "de", "--region", "DE", "--auto-reply", "full"),
    )

    assert (0, "On file: A.B.: 2 addresses, automatic reply full, Europe/Berlin, de, DE\n", "") == added
    expected = {
        "id": "A.B.",
        "addresses": ["ab@example.org", "a.b@example.net"],
        "zone": "Europe/Berlin",
        "language": "de",
        "region": "DE",
        "auto_reply": "full",
        "active": True,
    }
    assert expected == shown(boundary, "A.B.")
    assert [expected] == json.loads(boundary("client", "list", "--json")[1])
    listed = boundary("client", "list")[1]
    assert "A.B." in listed
    assert "example.org" not in listed
    assert "ab@example.org" in boundary("client", "show", "A.B.")[1]


def test_without_flags_a_client_is_answered_discreetly_with_the_practices_own_values(
    boundary: Boundary,
) -> None:
    boundary("client", "add", "7", "--address", "seven@example.org")

    client = shown(boundary, "7")

    assert ("discreet", True) == (client["auto_reply"], client["active"])
    assert [None, None, None] == [client["zone"], client["language"], client["region"]]


def test_an_edit_changes_what_is_named_and_tells_before_and_after(boundary: Boundary) -> None:
    boundary("client", "add", "7", "--address", "seven@example.org", "--zone", "Europe/Berlin")

    code, out, _ = boundary(
        *("client", "edit", "7", "--zone", "", "--auto-reply", "never", "--inactive"),
        *("--add-address", "7@example.net", "--remove-address", "SEVEN@example.org"),
    )

    assert 0 == code
    assert "Before: 7: 1 address, automatic reply discreet, Europe/Berlin\n" in out
    assert "Now:    7: 1 address, automatic reply never, inactive\n" in out
    client = shown(boundary, "7")
    assert (["7@example.net"], None, "never", False) == (
        client["addresses"],
        client["zone"],
        client["auto_reply"],
        client["active"],
    )


def test_an_edit_that_changes_nothing_says_so(boundary: Boundary) -> None:
    boundary("client", "add", "7", "--address", "seven@example.org")

    code, out, _ = boundary("client", "edit", "7", "--active")

    assert (0, "Nothing to change: 7: 1 address, automatic reply discreet\n") == (code, out)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        # Ids and addresses that are already on file, in another spelling too.
        (["add", "7", "--address", "new@example.org"], 1, "client 7 is already on file"),
        (["add", "8", "--address", "Seven@Example.org"], 1, "already on file for 7"),
        (["add", "8", "--address", "8@example.org", "--address", "8@EXAMPLE.org"], 2, "given twice"),
        # Own addresses, also with a plus.
        (["add", "8", "--address", "therapist@example.com"], 2, "one of your own"),
        (["add", "8", "--address", "therapist+x@example.com"], 2, "one of your own"),
        (["edit", "7", "--address", "therapist@example.com"], 2, "one of your own"),
        # Ids that are none.
        (["add", " ", "--address", "8@example.org"], 2, "an id is a short text"),
        (["add", "8@example.org", "--address", "8@example.org"], 2, "an id is a short text"),
        # Values that are checked like those of the configuration.
        (["add", "8", "--address", "nonsense"], 2, '"nonsense" is not a plain address'),
        (["add", "8", "--address", "8@example.org", "--zone", "Berlin"], 2, 'did you mean "Europe/Berlin"?'),
        (["add", "8", "--address", "8@example.org", "--region", "XX"], 2, 'there is no region "XX"'),
        (["add", "8", "--address", "8@example.org", "--language", "?"], 2, '"?" is not a language tag'),
        (
            ["add", "8", "--address", "8@example.org", "--language", "fi"],
            2,
            'there are no texts in "fi"; allowed: de, en, es, fr, each also with a region, such as "de-AT"',
        ),
        (["edit", "7", "--language", "fi-FI"], 2, "allowed: de, en, es, fr"),
        (["add", "8"], 2, "--address"),
        # Nobody by that id; an address that is not theirs; the last one.
        (["show", "9"], 2, "no client 9 is on file"),
        (["edit", "9", "--inactive"], 2, "no client 9 is on file"),
        (["edit", "7", "--remove-address", "x@example.org"], 2, "not on file of this client"),
        (["edit", "7", "--remove-address", "seven@example.org"], 2, "needs at least one address"),
    ],
)
def test_what_is_wrong_is_refused_in_one_sentence_and_nothing_changes(
    boundary: Boundary, arguments: list[str], code: int, sentence: str
) -> None:
    boundary("client", "add", "7", "--address", "seven@example.org")
    before = boundary("client", "list", "--json")

    ended, _, said = boundary("client", *arguments)

    assert code == ended
    assert sentence in said
    assert before == boundary("client", "list", "--json")


def test_an_id_that_looks_like_a_name_is_taken_with_a_word_about_it(boundary: Boundary) -> None:
    code, _, said = boundary("client", "add", "Maria Example", "--address", "maria@example.org")

    assert 0 == code
    assert "looks like a full name" in said


def test_an_empty_list_says_how_to_begin(boundary: Boundary) -> None:
    code, out, _ = boundary("client", "list")

    assert 0 == code
    assert "boundary client add" in out
