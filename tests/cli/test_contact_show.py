"""`boundary contact show`: everything about one contact, and nothing of what it said."""

import json

import pytest

from demonstration import Shown, boundary


def show(shown: Shown, *arguments: str) -> list[str]:
    """The lines about a contact of the demonstration."""
    done = boundary("--config", shown.config, "contact", "show", *arguments)
    assert 0 == done.returncode, done.stderr
    return done.stdout.splitlines()


def test_a_contact_is_shown_with_its_decision_and_its_response(shown: Shown) -> None:
    lines = show(shown, "6")

    facts = {line[:11].strip(): line[11:].strip() for line in lines if line}
    assert facts["Contact 6"].startswith("email from ")
    assert facts["Boundary"].startswith("outside contact hours, which were closed from ")
    assert "it sounded like a crisis" == facts["Crisis"]
    assert "none logged" == facts["Time"]
    assert facts["Decided"].startswith("It gets an automatic response")
    assert facts["Response"].startswith("sent, wording crisis")
    assert facts["Recorded"].endswith(", mailbox main")
    assert (
        "Next: every reason: boundary why 6; what it comes to: boundary charge why --contact 6" == lines[-1]
    )


def test_for_a_program_it_has_the_reason_and_the_responses(shown: Shown) -> None:
    answered = json.loads("".join(show(shown, "6", "--json")))
    refused = json.loads("".join(show(shown, "3", "--json")))

    assert ([("sent", "crisis")], "already-answered", []) == (
        [(response["state"], response["wording"]) for response in answered["responses"]],
        refused["reason"],
        refused["responses"],
    )


@pytest.mark.parametrize("secret", ["@example", "Subject", "subject"])
def test_neither_address_nor_subject_is_shown(shown: Shown, secret: str) -> None:
    assert secret not in "".join(show(shown, "6", "--json"))
