"""A calendar at an address."""

from collections.abc import Callable
from pathlib import Path

import pytest

from boundary_files.settings import IcsCalendarSettings
from boundary_files.web_calendar import WebCalendar
from boundary_plugins import AuthorizationNeeded, ProviderError, RateLimited, Refused, Unavailable
from boundary_plugins.ports import AbsenceKind, CalendarPeriod
from boundary_plugins.testing.benches import CalendarBench, at, hours
from boundary_plugins.testing.contracts import CalendarContract
from boundary_plugins.testing.doubles import memory_services
from servers.web import Fault, WebServer
from servers.webdav import PASSWORD, USER, WebDav

NAME = "calendar work"
CATEGORIES = {AbsenceKind.BUSY: "", AbsenceKind.OUT_OF_OFFICE: "CATEGORIES:Vacation\r\n"}


def calendar(url: str, *, password: str | None = None, **settings: object) -> WebCalendar:
    """A calendar at an address."""
    sign_in = {} if password is None else {"username": USER, "password_secret": "dav"}
    secrets = {"dav": password} if password else {}
    values = {"url": url, "timeout": 5, **sign_in, **settings}
    services = memory_services(Path("/nowhere"), secrets=secrets, name=NAME)
    return WebCalendar(IcsCalendarSettings.model_validate(values), services)


def text(*periods: CalendarPeriod) -> bytes:
    """A calendar that nobody wrote."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{period.interval.start:%d%H}@example.com\r\n{CATEGORIES[period.kind]}"
        f"DTSTART:{period.interval.start:%Y%m%dT%H%M%SZ}\r\nDTEND:{period.interval.end:%Y%m%dT%H%M%SZ}\r\n"
        "END:VEVENT\r\n"
        for period in periods
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


BUSY = CalendarPeriod(hours(10, 11), AbsenceKind.BUSY)


class WebBench(CalendarBench):
    """A calendar that a host gives."""

    def __init__(self, web: WebServer) -> None:
        """Begin with an empty calendar."""
        self.web, self.periods = web, list[CalendarPeriod]()
        web.files["/work.ics"] = text()
        self.calendar = calendar(web.url + "work.ics")

    def enter(self, period: CalendarPeriod) -> None:
        """Write the calendar anew."""
        self.periods.append(period)
        self.web.files["/work.ics"] = text(*self.periods)


class TestContract(CalendarContract):
    """The contract of the port."""

    @pytest.fixture
    def bench(self, web: WebServer) -> WebBench:
        """An empty calendar."""
        return WebBench(web)


def test_a_calendar_behind_a_sign_in_is_read_over_tls(dav: WebDav, certificate: Path) -> None:
    """From a server that nobody here wrote, by Basic and by Digest."""
    (dav.folder / "work.ics").write_bytes(text(BUSY))

    port = calendar(dav.url + "work.ics", password=PASSWORD, ca_file=certificate)

    assert [BUSY] == [*port.contents(hours(0, 24)).periods]


def test_what_did_not_change_is_not_sent_again(web: WebServer) -> None:
    """Each question asks, by the ETag of what is there."""
    web.files["/work.ics"] = text(BUSY)
    port = calendar(web.url + "work.ics")

    first, second = (port.contents(hours(0, 24)) for _ in range(2))

    assert first.periods == second.periods
    assert [False, True] == ["If-None-Match" in fields for _, _, fields in web.requests]


def test_a_host_that_sends_on_is_followed(web: WebServer) -> None:
    """As those of Microsoft and Apple do for a calendar that is shared by its address."""
    web.files["/there.ics"] = text(BUSY)
    web.faults.append(Fault(302, {"Location": "/there.ics"}))

    assert [BUSY] == [*calendar(web.url + "work.ics").contents(hours(0, 24)).periods]


def test_a_host_that_sends_on_to_another_is_followed_only_without_a_sign_in(web: WebServer) -> None:
    """A password is for one host."""
    with WebServer() as other:
        other.files["/there.ics"] = text(BUSY)
        web.faults.extend([Fault(302, {"Location": other.url + "there.ics"})] * 2)

        found = calendar(web.url + "work.ics").contents(hours(0, 24))
        with pytest.raises(Refused, match=r"sends on to another host, 127\.0\.0\.1, which is not asked"):
            calendar(web.url + "work.ics", password=PASSWORD).contents(hours(0, 24))

        assert [BUSY] == [*found.periods]
        assert 1 == len(other.requests)


@pytest.mark.parametrize("location", ["http://example.org/a.ics", "ftp://example.org/a.ics", ""])
def test_a_host_that_sends_on_to_what_is_not_private_is_not_followed(web: WebServer, location: str) -> None:
    """Nor to nowhere."""
    web.faults.append(Fault(301, {"Location": location}))

    with pytest.raises(Refused, match="sends on to another address, which is not asked"):
        calendar(web.url + "work.ics").contents(hours(0, 24))


def test_hosts_that_send_on_for_ever_are_given_up(web: WebServer) -> None:
    """After five times."""
    web.faults.extend([Fault(302, {"Location": "/work.ics"})] * 6)

    with pytest.raises(Refused, match="sends on from one address to the next without an end"):
        calendar(web.url + "work.ics").contents(hours(0, 24))


@pytest.mark.parametrize(
    "fault, kind, says",
    [
        (Fault(404), Unavailable, "there is no calendar at this address of 127.0.0.1 (404)"),
        (Fault(410), Unavailable, "there is no calendar at this address of 127.0.0.1 (410)"),
        (Fault(401), AuthorizationNeeded, "127.0.0.1 wants a sign-in; give username and password_secret"),
        (Fault(418), Unavailable, "127.0.0.1 answered 418"),
        (Fault(429), RateLimited, "127.0.0.1 asks for patience (429)"),
        # A page for signing in, as a network in a hotel gives it for everything.
        (
            Fault(200, {}, b"<html>Welcome</html>"),
            Unavailable,
            "what 127.0.0.1 gives at this address is not a whole calendar",
        ),
    ],
)
def test_what_is_no_calendar_is_told_by_its_host_alone(
    web: WebServer, fault: Fault, kind: type[ProviderError], says: str
) -> None:
    """The address itself may be a key to the calendar."""
    web.faults.append(fault)

    with pytest.raises(kind) as caught:
        calendar(web.url + "private-key/work.ics").contents(hours(0, 24))

    assert f"{NAME}: {says}" == str(caught.value)


@pytest.mark.parametrize("spoil", [lambda data: data[:-20], lambda data: b"<html>Welcome</html>"])
def test_what_is_cut_off_is_told_and_the_last_is_used(
    web: WebServer, spoil: Callable[[bytes], bytes]
) -> None:
    """Until a whole calendar comes again."""
    web.files["/work.ics"] = text(BUSY)
    port = calendar(web.url + "work.ics")
    port.contents(hours(0, 24))
    web.files["/work.ics"] = spoil(text())

    spoilt = port.contents(hours(0, 24))
    web.files["/work.ics"] = text()
    whole = port.contents(hours(0, 24))

    assert [BUSY] == [*spoilt.periods]
    assert (
        "127.0.0.1: what it gives is not a whole calendar; what it gave before is used",
    ) == spoilt.set_aside
    assert ((), ()) == (whole.periods, whole.set_aside)


def test_a_time_without_a_zone_is_meant_in_that_of_the_settings(web: WebServer) -> None:
    """Else in the practice's."""
    web.files["/work.ics"] = text(BUSY).replace(b"00Z", b"00")

    port = calendar(web.url + "work.ics", zone="Europe/Berlin")

    assert [at(9)] == [each.interval.start for each in port.contents(hours(0, 24)).periods]
