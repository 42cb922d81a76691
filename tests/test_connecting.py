"""What all ways to a host share."""

import http.client
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.connecting import failure_in_words, is_loopback, retry_after, verifying_tls
from boundary_plugins.errors import Unavailable

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "value, expected",
    [
        # RFC 9110, section 10.2.3: seconds, or a date in any of the forms of section 5.6.7.
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta(0)),
        ("Tue, 24 Nov 2026 18:05:00 GMT", timedelta(minutes=5)),
        ("Tue, 24 Nov 2026 19:05:00 +0100", timedelta(minutes=5)),
        # What is over may be tried at once, and nobody waits for a year.
        ("Tue, 24 Nov 2026 17:00:00 GMT", timedelta(0)),
        ("31536000", timedelta(days=7)),
        ("9" * 40, None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_host_says_when_it_may_be_asked_again(value: str | None, expected: timedelta | None) -> None:
    """In seconds or as a date."""
    assert (None if expected is None else NOW + expected) == retry_after(value, NOW)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST."])
def test_this_machine_has_several_names(host: str) -> None:
    """In any case, and in brackets."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "10.0.0.1", "0.0.0.0", ""])
def test_another_machine_is_none_of_them(host: str) -> None:
    """Nor is what only looks alike."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "error, expected",
    [
        (socket.gaierror(-2, "Name or service not known"), "the name is not known"),
        (TimeoutError(), "no answer in time"),
        (ConnectionRefusedError(111, "Connection refused"), "refused"),
        (http.client.RemoteDisconnected("a text of the other end"), "the connection was closed"),
        (OSError(101, "Network is unreachable"), "Network is unreachable"),
        (http.client.BadStatusLine("a text of the other end"), "BadStatusLine"),
    ],
)
def test_a_failure_is_told_without_the_words_of_the_other_end(error: Exception, expected: str) -> None:
    """They could hold anything."""
    assert expected == failure_in_words(error)


def test_a_file_of_certificates_that_is_not_there_is_named(tmp_path: Path) -> None:
    """It is the therapist's own setting."""
    with pytest.raises(Unavailable, match=r"ca_file .*none\.pem cannot be used: No such file"):
        verifying_tls(tmp_path / "none.pem", "publisher page")
