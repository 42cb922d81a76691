"""What the configuration may say of an address."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from boundary_files.settings import IcsCalendarSettings, IcsPublisherSettings, PagePublisherSettings
from boundary_files.web_settings import web_address


@pytest.mark.parametrize(
    "url, expected",
    [
        ("https://cloud.example.com/a.ics", "https://cloud.example.com/a.ics"),
        ("HTTPS://Cloud.Example.com:8443/A.ics?key=1", "https://cloud.example.com:8443/A.ics?key=1"),
        # As phones and calendar programs give it.
        ("webcal://calendar.example.com/a.ics", "https://calendar.example.com/a.ics"),
        # What is encoded stays as it is, and what is not gets encoded.
        ("https://cloud.example.com/a%20b/Verf%C3%BCgbar.ics", "https://cloud.example.com/a%20b/Verf%C3%BCgbar.ics"),
        ("https://cloud.example.com/a b/Verfügbar.ics", "https://cloud.example.com/a%20b/Verf%C3%BCgbar.ics"),
        ("https://bücher.example.com", "https://xn--bcher-kva.example.com/"),
        # Nobody else can listen on the way.
        ("http://127.0.0.1:8080/a.ics", "http://127.0.0.1:8080/a.ics"),
        ("http://[::1]:8080/a.ics", "http://[::1]:8080/a.ics"),
        ("http://localhost/a.ics", "http://localhost/a.ics"),
    ],
)  # fmt: skip
def test_an_address_is_understood(url: str, expected: str) -> None:
    """In the form in which it is asked."""
    assert expected == web_address(url)


@pytest.mark.parametrize(
    "url, says",
    [
        ("", "this is not a whole address"),
        ("cloud.example.com/a.ics", "this is not a whole address"),
        ("ftp://cloud.example.com/a.ics", "this is not a whole address"),
        ("https:///a.ics", "this is not a whole address"),
        ("https://cloud.example.com:port/a.ics", "this is not a whole address"),
        ("https://[cloud/a.ics", "this is not a whole address"),
        ("https://cloud example.com/a.ics", "this is not a whole address"),
        ("https://cloud.example.com/a\r\nX: y", "this is not a whole address"),
        ("https://therapist:hunter@cloud.example.com/a.ics", "holds no user name and no password"),
        ("http://cloud.example.com/a.ics", "http:// is allowed only for a host on this machine"),
    ],
)
def test_what_is_no_private_address_is_refused(url: str, says: str) -> None:
    """With what is allowed, and without the password that may stand in it."""
    with pytest.raises(ValueError, match=says) as caught:
        web_address(url)

    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize(
    "values, says",
    [
        ({}, "either path, a file that is written, or url"),
        ({"path": Path("a.ics"), "url": "https://example.com/a.ics"}, "either path, a file that is written, or url"),
        ({"url": "https://example.com/folder/"}, "url names a folder"),
        ({"url": "https://example.com/a.ics", "username": "therapist"}, "belong together"),
        ({"url": "https://example.com/a.ics", "password_secret": "dav"}, "belong together"),
        ({"path": Path("a.ics"), "username": "therapist", "password_secret": "dav"}, "there is none"),
        ({"path": Path("a.ics"), "ca_file": Path("ca.pem")}, "there is none"),
        ({"url": "https://example.com/a.ics", "timeout": 0}, "greater than 0"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("model", [IcsPublisherSettings, PagePublisherSettings])
def test_a_publisher_writes_in_one_place(
    model: type[IcsPublisherSettings], values: dict[str, object], says: str
) -> None:
    """A forgotten line is told."""
    with pytest.raises(ValidationError, match=says):
        model.model_validate(values)


@pytest.mark.parametrize(
    "values", [{}, {"paths": ()}, {"paths": (Path("a.ics"),), "url": "https://example.com/a"}]
)
def test_a_calendar_is_read_in_one_place(values: dict[str, object]) -> None:
    """Files, or an address."""
    with pytest.raises(ValidationError, match="either paths, a list of files"):
        IcsCalendarSettings.model_validate(values)
