"""`boundary why`: every way of naming a message, each with the same reasons."""

import json
from pathlib import Path
from typing import Any

import pytest

from boundary_plugins.core.suppression import SUPPRESSION_RULES
from demonstration import Shown, boundary


def why(shown: Shown, message: str) -> list[dict[str, Any]]:
    """What is on record about a message, as JSON."""
    done = boundary("--config", shown.config, "why", message, "--json")
    assert 0 == done.returncode, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_a_message_is_named_by_contact_number_message_id_id_or_path(shown: Shown) -> None:
    """All four lead to the same record."""
    file = next(path for path in (shown.folder / "Maildir" / "new").iterdir() if ".03." in path.name)

    found = [why(shown, name) for name in ("3", "<demo-3@mail.example.net>", file.name, str(file))]

    assert all(found[0] == each for each in found)
    assert ("already-answered", 3) == (found[0][0]["reason"], found[0][0]["contact"])


def test_every_rule_is_told_in_order(shown: Shown) -> None:
    """Hits and misses and what was unknown."""
    (record,) = why(shown, "1")

    reasons = record["reasons"]
    assert [*(rule.id for rule in SUPPRESSION_RULES), "crisis"] == [reason["rule"] for reason in reasons]
    assert {"in-contact-hours"} == {reason["rule"] for reason in reasons if reason["hit"]}


def test_of_an_answered_message_the_response_is_told(shown: Shown) -> None:
    """Its state and its wording; no address and no text."""
    (record,) = why(shown, "6")

    (response,) = record["responses"]
    assert ("sent", "crisis") == (response["state"], response["wording"])


def test_for_a_person_the_outcome_comes_first(shown: Shown) -> None:
    """Then every rule, with what it found and its clause."""
    lines = boundary("--config", shown.config, "why", "3").stdout.splitlines()

    assert "(contact 3)" in lines[0]
    assert "It gets no automatic response (already-answered)" in lines[1]
    assert any("yes      already-answered" in line and "[RFC 5230, section 4.2]" in line for line in lines)


@pytest.mark.parametrize("message", ["999", "<nobody@example.org>", "no-such-file.eml"])
def test_what_is_not_on_record_is_told_in_a_sentence(shown: Shown, message: str, tmp_path: Path) -> None:
    """With what is allowed, and where to ask instead."""
    done = boundary("--config", shown.config, "why", message)

    assert 2 == done.returncode
    assert f"nothing is on record about {message}" in done.stderr
    assert "boundary explain PATH" in done.stderr
