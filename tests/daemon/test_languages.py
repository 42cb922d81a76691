"""Each client is answered in their language: on file, as the message says, or the practice's."""

import pytest

from boundary_plugins.core.client import Client
from daemon.practice import AB, Practice, text_of

WORDS = {
    "en": "Thank you for your message.",
    "es": "Gracias por su mensaje.",
    "fr": "Merci pour votre message.",
    "de": "Vielen Dank für Ihre Nachricht.",
}


@pytest.mark.parametrize(
    "on_file, header, expected",
    [
        # On file, whatever the message says.
        ("de-AT", "fr", "de"),
        # Nothing on file.
        (None, "es-MX, en", "es"),
        (None, "fi, fr", "fr"),
        # The message says nothing that there are texts in.
        (None, "fi", "en"),
        (None, None, "en"),
    ],
)
def test_rfc3282_a_response_is_in_the_clients_language_and_says_so(
    practice: Practice, on_file: str | None, header: str | None, expected: str
) -> None:
    """Subject, plain text, HTML and Content-Language agree."""
    practice.start(clients=[Client("AB", (AB,), language=on_file)])
    practice.deliver(AB, headers={} if header is None else {"Content-Language": header})

    practice.look_and_send()

    [response] = practice.responses
    assert expected == response["Content-Language"]
    assert text_of(response).startswith(WORDS[expected])
    content = practice.receiver.received[0].content
    assert f'<html lang=3D"{expected}">'.encode() in content


def test_a_crisis_in_another_language_is_told_and_met_in_it(practice: Practice) -> None:
    """The practice's language is English; the message and its answer are German."""
    practice.start()
    practice.deliver(AB, "Ich will nicht mehr leben", headers={"Content-Language": "de"})

    practice.look_and_send()

    assert any("crisis" in told for told in practice.told)
    assert text_of(practice.responses[0]).startswith("Wenn etwas nicht warten kann: Wählen Sie Ihre örtliche")
