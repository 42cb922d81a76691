"""Signing in, the way to the account's calendars, TLS, and everything that a server may answer instead."""

import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from boundary_caldav.calendar import open_calendar
from boundary_caldav.settings import CaldavCalendarSettings
from boundary_plugins.errors import (
    AuthorizationNeeded,
    Gone,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unsupported,
)
from boundary_plugins.ports import Calendar, Condition
from boundary_plugins.testing.certificates import make_certificate
from boundary_plugins.testing.doubles import memory_services
from builders_caldav import DAY, Account, event, starts
from servers.dav_process import in_memory
from servers.loopback_dav import Answer, DavProxy, Request, before, once
from servers.radicale import radicale
from servers.scheduling import SchedulingServer

WORDS = b"<html>Private words of the server</html>"


def opened(account: Account, password: str | None, **more: Any) -> Calendar:
    """The calendar, opened with a password."""
    secrets = {} if password is None else {"dav": password}
    settings = CaldavCalendarSettings(**account.settings(more))
    return open_calendar(settings, memory_services(account.folder, name="calendar work", secrets=secrets))


def test_a_user_signs_in(radicale_secured: Account) -> None:
    """With the password of the secret store."""
    radicale_secured.put("one", event("100000", "110000"))

    assert ["1000"] == starts(opened(radicale_secured, "secret"))


@pytest.mark.parametrize("password", ["wrong", None], ids=["wrong", "no secret"])
def test_a_password_that_does_not_fit_needs_a_person(radicale_secured: Account, password: str | None) -> None:
    """In one sentence; the password stands nowhere in it."""
    with pytest.raises(AuthorizationNeeded) as caught:
        opened(radicale_secured, password).contents(DAY)

    assert str(caught.value).startswith("calendar work: the s")
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "remedy"),
    [({}, "boundary secret set dav"), ({"username": "", "password_secret": ""}, "set username and password")],
)
def test_an_examination_says_what_helps_where_the_account_is_not_let_in(
    radicale_secured: Account, more: dict[str, str], remedy: str
) -> None:
    """With the command."""
    port = opened(radicale_secured, "wrong", **more)

    (part,) = port.examine()  # type: ignore[attr-defined]

    assert Condition.BROKEN is part.condition
    assert remedy in part.remedy


def test_a_password_that_was_set_meanwhile_is_used(radicale_secured: Account) -> None:
    """Without a restart."""
    radicale_secured.put("one", event("100000", "110000"))
    secrets = {"dav": "wrong"}
    settings = CaldavCalendarSettings(**radicale_secured.settings({}))
    port = open_calendar(settings, memory_services(radicale_secured.folder, secrets=secrets))
    with pytest.raises(AuthorizationNeeded):
        port.contents(DAY)
    secrets["dav"] = "secret"

    assert ["1000"] == starts(port)


def test_a_server_that_wants_a_sign_in_where_none_is_configured(radicale_secured: Account) -> None:
    """It is said what to set."""
    port = opened(radicale_secured, None, username="", password_secret="")

    with pytest.raises(AuthorizationNeeded, match="set username and password_secret"):
        port.contents(DAY)


@pytest.mark.parametrize("by", ["name", "path", "address", "url"])
def test_a_calendar_is_found_by_its_name_or_address(account: Account, by: str) -> None:
    """From the server's address to the account, its home and its calendars; or at once."""
    account.put("one", event("100000", "110000"))
    whole = f"{account.url.rstrip('/')}{account.path}"
    more = {
        "name": {"calendar": account.name},
        "path": {"calendar": account.path},
        "address": {"calendar": whole},
        "url": {"url": whole, "calendar": ""},
    }[by]

    assert ["1000"] == starts(account.calendar(**more))


def test_a_calendar_of_a_name_that_nobody_has_is_refused_and_the_names_are_told(account: Account) -> None:
    """The names by the examination alone, which a person asks for."""
    port = account.calendar(calendar="No such")

    with pytest.raises(Refused, match="no calendar of the name that calendar says"):
        port.contents(DAY)
    (part,) = port.examine()  # type: ignore[attr-defined]

    assert Condition.BROKEN is part.condition
    assert account.name in part.details


def test_several_calendars_and_none_named_are_refused(account: Account) -> None:
    """Nothing is guessed."""
    Account(account.server, account.folder, name=f"{account.name}b")

    with pytest.raises(Refused, match="let calendar name one of them"):
        account.calendar(calendar="").contents(DAY)


def test_an_address_that_is_no_calendar_is_refused(account: Account) -> None:
    """The folder above it."""
    with pytest.raises((Refused, Gone)):
        account.calendar(calendar=account.server.calendars).contents(DAY)


@pytest.mark.parametrize(
    "root",
    [
        Answer(404),
        Answer(405),
        Answer(403),
        # A website, which sends a visitor to its own sign-in.
        Answer(302, {"Location": "/login"}),
    ],
    ids=lambda answer: str(answer.status),
)
def test_the_well_known_address_leads_to_the_account(behind: Account, proxy: DavProxy, root: Answer) -> None:
    """RFC 6764, section 5: where the configured address itself says nothing."""
    behind.put("one", event("100000", "110000"))
    pages = {
        "/": root,
        "/login": Answer(200, {"Content-Type": "text/html"}, WORDS),
        "/.well-known/caldav": Answer(301, {"Location": "/dav/"}),
    }
    proxy.faults.append(lambda request: pages.get(request.path))
    # What is asked of /dav/ is asked of the real server's root.
    proxy.rewrites["/dav/"] = "/"

    assert ["1000"] == starts(behind.calendar(calendar=behind.name))


def test_an_address_of_no_caldav_server_is_refused(behind: Account, proxy: DavProxy) -> None:
    """As any website's."""
    proxy.faults.append(lambda request: Answer(404))

    with pytest.raises(Refused, match="what url names is no CalDAV server"):
        behind.calendar(calendar=behind.name).contents(DAY)


def test_a_calendar_on_a_trusted_server_is_read_over_tls(tmp_path: Path) -> None:
    """The certificate is verified; without `ca_file` it is refused."""
    certificate, _ = make_certificate(tmp_path)
    with in_memory() as folder, radicale(folder, certificate=(certificate, tmp_path / "key.pem")) as server:
        account = Account(server, tmp_path, name="work")
        account.put("one", event("100000", "110000"))

        assert ["1000"] == starts(account.calendar(ca_file=certificate))
        with pytest.raises(Unavailable, match=r"the certificate of 127\.0\.0\.1 is not trusted"):
            account.calendar().contents(DAY)
        with pytest.raises(Unavailable, match=r"ca_file .*nothing\.pem cannot be used"):
            account.calendar(ca_file="nothing.pem").contents(DAY)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Answer(401), AuthorizationNeeded, "did not take the user name"),
        (Answer(403, {}, WORDS), AuthorizationNeeded, "does not let this account in (403)"),
        (Answer(404, {}, WORDS), Gone, "there is nothing at its address (404)"),
        (Answer(405), Unsupported, "does not support PROPFIND there"),
        (Answer(418), Refused, "the server answered 418"),
        (Answer(429), RateLimited, "asks for patience"),
        (Answer(500, {}, WORDS), Unavailable, "the server answered 500"),
        (Answer(503), Unavailable, "the server answered 503"),
        (Answer(507), Refused, "has no room left"),
        # A hotel's page in place of the server, an answer without any words, and one that is cut off.
        (Answer(200, {"Content-Type": "text/html"}, WORDS), Unavailable, "is no CalDAV server"),
        (Answer(207, {"Content-Type": "application/xml"}, b"<a><b></a>"), Unavailable, "is no CalDAV server"),
        (Answer(207), Unavailable, "is no CalDAV server"),
        (Answer(207, {}, WORDS, breaks_off=True), Unavailable, "the connection broke"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else "",
)
def test_every_failure_is_one_sentence_without_a_word_of_the_server(
    behind: Account,
    proxy: DavProxy,
    answer: Answer,
    kind: type[ProviderError],
    words: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What the loop needs to know is whether to wait or to ask a person; nothing is logged."""
    caplog.set_level(logging.DEBUG)
    port = behind.calendar()
    port.contents(DAY)
    proxy.faults.append(lambda request: answer)

    with pytest.raises(kind) as caught:
        behind.calendar().contents(DAY)

    assert words in str(caught.value)
    assert "Private" not in str(caught.value) + caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 10:05:00 GMT", timedelta(minutes=5)),
        # Nobody waits for ever, and nobody for what is over.
        ("99999999", timedelta(days=7)),
        ("Mon, 02 Mar 2026 09:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_the_server_asks_for_is_kept(
    behind: Account, proxy: DavProxy, status: int, value: str, wait: timedelta | None
) -> None:
    """RFC 9110, section 10.2.3: seconds, or a date."""
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    proxy.faults.append(lambda request: Answer(status, {"Retry-After": value}))
    settings = CaldavCalendarSettings(**behind.settings({}))
    port = open_calendar(settings, memory_services(behind.folder, secrets={"dav": "x"}, at=now))

    with pytest.raises((RateLimited, Unavailable)) as caught:
        port.contents(DAY)

    assert (None if wait is None else now + wait) == caught.value.retry_at


def test_a_redirect_to_another_server_is_not_followed(behind: Account, proxy: DavProxy) -> None:
    """Nobody there is shown the password."""
    with before(behind.server.url) as other:
        proxy.faults.append(lambda request: Answer(301, {"Location": f"{other.url}elsewhere/"}))

        with pytest.raises(
            Refused, match=r"leads to another one, 127\.0\.0\.1:\d+; the password is not taken"
        ):
            behind.calendar().contents(DAY)

        assert [] == other.asked


def test_a_home_on_another_server_is_named_and_not_asked(behind: Account, proxy: DavProxy) -> None:
    """As some large providers have it; the user names that server."""
    with before(behind.server.url) as other:
        home = f"{other.url}therapist/".encode()
        proxy.changes.append(
            lambda request, answer: Answer(
                answer.status,
                answer.headers,
                answer.body.replace(b"<href>/therapist/</href></C:cal", b"<href>" + home + b"</href></C:cal"),
            )
        )

        with pytest.raises(Refused, match="leads to another one"):
            behind.calendar(calendar=behind.name).contents(DAY)

        assert [] == other.asked


def test_redirects_without_end_are_given_up(behind: Account, proxy: DavProxy) -> None:
    """In one sentence."""
    proxy.faults.append(lambda request: Answer(302, {"Location": request.path + "x"}))

    with pytest.raises(Refused, match="without end"):
        behind.calendar().contents(DAY)


def test_entities_of_xml_are_not_expanded(behind: Account, proxy: DavProxy) -> None:
    """A document type is refused before anything of it is believed."""
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
        b'<multistatus xmlns="DAV:"><response><href>&b;</href></response></multistatus>'
    )
    proxy.faults.append(lambda request: Answer(207, {"Content-Type": "application/xml"}, bomb))

    with pytest.raises(Unavailable, match="is no CalDAV server"):
        behind.calendar().contents(DAY)


def test_an_answer_without_end_is_given_up(
    behind: Account, proxy: DavProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it fills the memory."""
    monkeypatch.setattr("boundary_caldav.session.MOST_OCTETS", 1024 * 1024)
    proxy.faults.append(lambda request: Answer(207, {}, b" " * (3 * 1024 * 1024)))

    with pytest.raises(Refused, match="more than 1 MiB at once"):
        behind.calendar().contents(DAY)


def test_a_server_that_does_not_answer_is_given_up(behind: Account, proxy: DavProxy) -> None:
    """After the seconds of `timeout`."""
    released = threading.Event()
    proxy.faults.append(lambda request: Answer(503) if released.wait(30) else None)

    try:
        with pytest.raises(Unavailable, match="no answer in time"):
            behind.calendar(timeout=0.2).contents(DAY)
    finally:
        released.set()


def test_a_server_that_is_not_there_is_told(behind: Account) -> None:
    """Nobody listens."""
    with pytest.raises(Unavailable, match=r"no answer from 127\.0\.0\.1 \(refused\)"):
        behind.calendar(url="http://127.0.0.1:9/").contents(DAY)


READING = """
import sys
from pathlib import Path
from builders_caldav import DAY
from boundary_caldav.calendar import open_calendar
from boundary_caldav.settings import CaldavCalendarSettings
from boundary_plugins.testing.doubles import memory_services
settings = CaldavCalendarSettings(url=sys.argv[1], calendar=sys.argv[2], username="therapist", password_secret="dav")
services = memory_services(Path(sys.argv[3]), name="calendar work", secrets={"dav": "anything"})
open_calendar(settings, services).contents(DAY)
"""


def test_a_program_that_is_killed_while_it_reads_loses_nothing(behind: Account, proxy: DavProxy) -> None:
    """The next start reads from where the last whole look ended."""
    behind.put("one", event("100000", "110000", uid="one"))
    behind.calendar().contents(DAY)
    behind.put("two", event("120000", "130000", uid="two"))
    reached, released = threading.Event(), threading.Event()

    def stall(request: Request) -> Answer | None:
        """Let the program hang at the moment when it fetches."""
        if b"calendar-multiget" in request.body:
            reached.set()
            released.wait(30)
        return None

    proxy.faults.append(stall)
    folder = behind.folder / "calendar-work"
    program = [sys.executable, "-c", READING, proxy.url, behind.path, str(folder)]
    process = subprocess.Popen(program, env={"PYTHONPATH": str(Path(__file__).parents[2])})
    try:
        assert reached.wait(30)
    finally:
        process.kill()
        process.wait()
        released.set()
    proxy.faults.clear()

    assert ["1000", "1200"] == starts(behind.calendar())


@pytest.mark.parametrize("published_by_us", [False, True])
def test_the_availability_of_the_account_is_read_where_it_is_wanted(
    behind: Account, proxy: DavProxy, published_by_us: bool
) -> None:
    """From the scheduling inbox (RFC 7953, section 7.2.4); not what this program itself has published there."""
    text = (Path(__file__).parents[2] / "corpus" / "availability-recurring-berlin.ics").read_text()
    if published_by_us:
        lines = text.splitlines()
        text = "\r\n".join(
            "PRODID:-//Boundary Plugins//Availability//EN" if line.startswith("PRODID") else line
            for line in lines
        )
    inbox = SchedulingServer()
    inbox.availability = text
    paths = ("/principals/", "/calendars/therapist/inbox/")

    def scheduling(request: Request) -> Answer | None:
        """The account's own addresses are served by another program than its calendars."""
        is_inbox = request.path.startswith(paths) or (request.path == "/" and b"principal" in request.body)
        return inbox.answer(request) if is_inbox else None

    proxy.faults.append(scheduling)
    with_it, without = behind.calendar(inbox=True), behind.calendar()

    try:
        found = [len(port.contents(DAY).availabilities) for port in (with_it, without)]
    finally:
        inbox.close()

    assert [0 if published_by_us else 1, 0] == found


def test_a_first_request_that_fails_is_not_asked_twice_with_the_body(
    behind: Account, proxy: DavProxy
) -> None:
    """A failure before signing in is the failure that is told."""
    proxy.faults.append(once("PROPFIND", Answer(503)))

    with pytest.raises(Unavailable, match="503"):
        behind.calendar().contents(DAY)


def test_neither_a_proxy_nor_a_password_of_the_environment_is_used(
    radicale_secured: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The configuration alone says where a request goes and who signs in."""
    radicale_secured.put("one", event("100000", "110000"))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login therapist password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with pytest.raises(AuthorizationNeeded):
        opened(radicale_secured, None, username="", password_secret="").contents(DAY)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    assert ["1000"] == starts(opened(radicale_secured, "secret"))


def test_what_surprises_the_library_is_not_written_out(
    behind: Account, proxy: DavProxy, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """It would say what it found."""
    caplog.set_level(logging.DEBUG)
    behind.put("one", event("100000", "110000"))
    proxy.changes.append(
        lambda request, answer: Answer(answer.status, {"Content-Type": "text/private"}, answer.body)
    )

    assert ["1000"] == starts(behind.calendar())
    assert "rivate" not in caplog.text + "".join(capfd.readouterr())
