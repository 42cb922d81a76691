"""Publishing to two real CalDAV servers, and to an account's own availability."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from boundary_caldav.publisher import open_publisher
from boundary_caldav.settings import CaldavPublisherSettings
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import AuthorizationNeeded, Refused, Unavailable
from boundary_plugins.ports import Condition, Publisher
from boundary_plugins.testing.benches import at, hours, invented_publication
from boundary_plugins.testing.contracts import PublisherBench, PublisherContract
from boundary_plugins.testing.doubles import memory_services
from builders_caldav import Account, event
from builders_publication import WEEK_ENDS, away
from servers.loopback_dav import Answer, DavProxy, once
from servers.scheduling import SchedulingServer

LUNCH = hours(12, 13)


class EntryBench(PublisherBench):
    """A calendar that others see."""

    def __init__(self, account: Account, **more: str) -> None:
        """Begin with an empty calendar."""
        self.account, self.publisher = account, account.publisher(**more)

    def seen(self) -> bytes | None:
        """Every entry."""
        return b"".join(text for _, text in sorted(self.account.entries().items())) or None


class TestEntriesContract(PublisherContract):
    """The contract of the port, on both servers."""

    @pytest.fixture
    def bench(self, account: Account) -> EntryBench:
        """A calendar of its own."""
        return EntryBench(account)


@pytest.fixture
def inbox() -> Iterator[SchedulingServer]:
    """An account with a scheduling inbox."""
    server = SchedulingServer()
    try:
        yield server
    finally:
        server.close()


def hours_publisher(inbox: SchedulingServer, folder: Path) -> Publisher:
    """A publisher to the account's own availability."""
    settings = CaldavPublisherSettings(url=inbox.url)
    return open_publisher(settings, memory_services(folder, name="publisher hours"))


class HoursBench(PublisherBench):
    """The availability of an account."""

    def __init__(self, inbox: SchedulingServer, folder: Path) -> None:
        """Begin with none."""
        self.inbox, self.publisher = inbox, hours_publisher(inbox, folder)

    def seen(self) -> bytes | None:
        """What the inbox holds."""
        return None if self.inbox.availability is None else self.inbox.availability.encode()


class TestHoursContract(PublisherContract):
    """The contract of the port, over the property of RFC 7953."""

    @pytest.fixture
    def bench(self, inbox: SchedulingServer, tmp_path: Path) -> HoursBench:
        """An inbox of its own."""
        return HoursBench(inbox, tmp_path)


def test_open_times_are_free_entries_without_a_word_of_why(account: Account) -> None:
    """With our own UID and mark; nobody's address stands in them."""
    account.publisher().publish(invented_publication())

    (text,) = account.entries().values()

    assert {b"SUMMARY:Available", b"TRANSP:TRANSPARENT", b"DTSTART:20260302T090000Z"} <= set(text.split())
    assert b"UID:boundary-" in text
    assert b"therapist@" not in text


def test_closed_times_are_busy_entries(account: Account) -> None:
    """All that is closed, absent or busy is one kind of busy."""
    account.publisher(shows="closed").publish(invented_publication(busy=(LUNCH,)))

    texts = account.entries().values()

    assert 3 == len(texts)
    assert all(b"SUMMARY:Busy" in text and b"TRANSP:OPAQUE" in text for text in texts)


def test_only_what_changed_is_written(behind: Account, proxy: DavProxy) -> None:
    """A new lunch is one entry more, and touches no other."""
    port = behind.publisher(shows="closed")
    port.publish(invented_publication())
    before = set(behind.entries())
    proxy.asked.clear()

    port.publish(invented_publication(busy=(LUNCH,)))

    assert (1, 0) == (proxy.count("PUT"), proxy.count("DELETE"))
    assert before < set(behind.entries())


def test_publishing_the_same_again_costs_one_request(behind: Account, proxy: DavProxy) -> None:
    """Which asks for the tags."""
    port = behind.publisher()
    port.publish(invented_publication())
    port.publish(invented_publication())
    proxy.asked.clear()

    assert not port.publish(invented_publication())
    assert ["PROPFIND"] == [one.method for one in proxy.asked]


def test_a_new_start_writes_nothing_that_stands_there(account: Account) -> None:
    """Nothing is kept on this machine: the calendar itself tells what was published."""
    account.publisher().publish(invented_publication())

    assert not account.publisher().publish(invented_publication())
    assert [] == list(account.folder.rglob("*.json"))


def test_entries_of_others_are_neither_changed_nor_removed(account: Account) -> None:
    """Nor those that another publisher of ours has made."""
    account.put("mine", event("100000", "110000"))
    other = account.publisher(shows="closed", username="", password_secret="")
    if account.server.user:
        other = open_publisher(
            CaldavPublisherSettings(**account.settings({"shows": "closed"})),
            memory_services(account.folder, name="publisher other", secrets={"dav": "anything"}),
        )
    port = account.publisher()
    port.publish(invented_publication())
    if account.server.user:
        other.publish(invented_publication())
    expected = len(account.entries()) - 1

    port.remove()

    assert expected == len(account.entries())
    assert "mine.ics" in account.entries()


def test_an_entry_that_somebody_took_over_is_left_alone(account: Account) -> None:
    """It has our UID, and another program's name and words in place of our mark."""
    port = account.publisher()
    port.publish(invented_publication())
    ((name, text),) = account.entries().items()
    taken = text.replace(b"-//Boundary Plugins//Availability//EN", b"-//Example//Theirs//EN")
    taken = b"\n".join(line for line in taken.split(b"\n") if not line.startswith(b"X-BOUNDARY"))
    account.put(name.removesuffix(".ics"), taken.replace(b"SUMMARY:Available", b"SUMMARY:Lunch together"))

    port.publish(invented_publication())
    port.remove()

    assert b"Lunch together" in account.entries()[name]


def test_an_entry_of_ours_that_somebody_moved_is_put_back(account: Account) -> None:
    """Also where their program signed it: our mark stays."""
    port = account.publisher()
    port.publish(invented_publication())
    ((name, text),) = account.entries().items()
    moved = text.replace(b"DTSTART:20260302T09", b"DTSTART:20260302T08")
    account.put(
        name.removesuffix(".ics"),
        moved.replace(b"-//Boundary Plugins//Availability//EN", b"-//Example//Theirs//EN"),
    )

    assert port.publish(invented_publication())
    assert b"DTSTART:20260302T090000Z" in account.entries()[name]


def test_what_changes_in_the_moment_of_writing_is_read_again(behind: Account, proxy: DavProxy) -> None:
    """The server says 412 (If-Match); the second time all is as it should be."""
    port = behind.publisher(shows="closed")
    port.publish(invented_publication())
    name, text = next(iter(behind.entries().items()))

    def meddle(request: object) -> Answer | None:
        """Somebody writes to an entry just before it is deleted."""
        if getattr(request, "method", "") == "DELETE" and proxy.count("DELETE") == 1:
            behind.put(name.removesuffix(".ics"), text.replace(b"SUMMARY:Busy", b"SUMMARY:Meddled"))
        return None

    proxy.faults.append(meddle)

    port.remove()

    assert {} == behind.entries()
    assert proxy.count("DELETE") > 2


def test_an_entry_that_is_there_already_is_not_written_over(behind: Account, proxy: DavProxy) -> None:
    """If-None-Match: somebody was faster, and it is read again."""
    first = behind.publisher()
    first.publish(invented_publication())
    ((name, _),) = behind.entries().items()
    proxy.faults.append(
        once(
            "PROPFIND",
            Answer(207, {"Content-Type": "text/xml"}, b'<multistatus xmlns="DAV:"/>'),
            text=b"getetag",
        )
    )

    assert behind.publisher().publish(invented_publication())

    request = [one for one in proxy.asked if one.method == "PUT"][-1]
    assert "*" == request.headers["If-None-Match"]
    assert [name] == list(behind.entries())


def test_a_server_that_always_says_that_something_changed_is_told(behind: Account, proxy: DavProxy) -> None:
    """Tried twice, and then again at the next time."""
    proxy.faults.append(lambda request: Answer(412) if request.method == "PUT" else None)

    with pytest.raises(Unavailable, match="changed on the server meanwhile"):
        behind.publisher().publish(invented_publication())

    assert 2 == proxy.count("PUT")


def test_a_publication_that_broke_off_goes_on_where_it_ended(behind: Account, proxy: DavProxy) -> None:
    """What was written is not written again."""
    port = behind.publisher(shows="closed")
    proxy.faults.append(once("PUT", Answer(503, {"Retry-After": "60"}), after=True))

    with pytest.raises(Unavailable) as caught:
        port.publish(invented_publication())
    written = len(behind.entries())
    proxy.asked.clear()

    assert port.publish(invented_publication())
    assert caught.value.retry_at is not None
    assert (1, 1, 2) == (written, proxy.count("PUT"), len(behind.entries()))


def test_a_server_without_room_is_one_sentence(behind: Account, proxy: DavProxy) -> None:
    """And trying again will not help."""
    proxy.faults.append(lambda request: Answer(507) if request.method == "PUT" else None)

    with pytest.raises(Refused) as caught:
        behind.publisher().publish(invented_publication())

    assert "publisher shared: the server has no room left (507)" == str(caught.value)


def test_absences_after_the_week_are_not_shown_unless_it_is_said(account: Account) -> None:
    """As with every publisher."""
    publication = replace(away(), windows=(replace(away().windows[0], is_open=True),))
    shown = []
    for absences in ("this week", "all weeks"):
        port = account.publisher(shows="closed", absences=absences)
        port.publish(publication)
        shown.append(b"".join(account.entries().values()))

    assert f"DTEND:{WEEK_ENDS:%Y%m%dT%H%M%SZ}".encode() in shown[0]
    assert f"DTEND:{WEEK_ENDS:%Y%m%dT%H%M%SZ}".encode() not in shown[1]


def test_an_availability_of_somebody_else_is_left_as_it_is(inbox: SchedulingServer, tmp_path: Path) -> None:
    """As an account's owner may have set it in another program."""
    inbox.availability = "BEGIN:VCALENDAR\r\nPRODID:-//Example//EN\r\nEND:VCALENDAR\r\n"
    port = hours_publisher(inbox, tmp_path)

    with pytest.raises(Refused, match="this program did not write"):
        port.publish(invented_publication())
    port.remove()

    assert "Example" in (inbox.availability or "")
    (examined,) = port.examine()  # type: ignore[attr-defined]
    assert Condition.BROKEN is examined.condition


def test_the_accounts_availability_holds_the_hours_and_nothing_else(
    inbox: SchedulingServer, tmp_path: Path
) -> None:
    """One VAVAILABILITY (RFC 7953, section 7.2.4), and nobody's address."""
    hours_publisher(inbox, tmp_path).publish(invented_publication(busy=(LUNCH,)))

    text = inbox.availability or ""
    assert (1, 1) == (text.count("BEGIN:VAVAILABILITY"), text.count("BEGIN:AVAILABLE"))
    assert not {"VEVENT", "VFREEBUSY", "METHOD", "ORGANIZER"} & set(text.replace(":", "\n").split())
    assert {"DTSTART:20260302T090000Z", "DTEND:20260302T170000Z"} <= set(text.split())


@pytest.mark.parametrize("what", ["no inbox", "protected"])
def test_a_server_that_keeps_no_availability_says_what_to_do(
    inbox: SchedulingServer, tmp_path: Path, what: str
) -> None:
    """Name a calendar instead."""
    inbox.has_inbox, inbox.is_protected = what != "no inbox", what == "protected"

    with pytest.raises(Refused, match=r"let calendar name one|does not let the availability"):
        hours_publisher(inbox, tmp_path).publish(invented_publication())

    assert inbox.availability is None


def test_a_calendar_that_may_not_be_written_is_found_out_before(behind: Account, proxy: DavProxy) -> None:
    """By what the server says of the account's privileges."""
    proxy.changes.append(
        lambda request, answer: Answer(
            answer.status,
            answer.headers,
            answer.body.replace(b"<write", b"<peek")
            .replace(b"</write", b"</peek")
            .replace(b"<all />", b"")
            .replace(b"<bind />", b""),
        )
    )

    parts = behind.publisher().examine()  # type: ignore[attr-defined]

    assert [Condition.BROKEN] == [part.condition for part in parts]
    assert "may not write" in parts[0].found


def test_a_wrong_password_writes_nothing_and_is_named(radicale_secured: Account) -> None:
    """A person has to act."""
    port = open_publisher(
        CaldavPublisherSettings(**radicale_secured.settings({})),
        memory_services(radicale_secured.folder, name="publisher shared", secrets={"dav": "wrong"}),
    )

    with pytest.raises(AuthorizationNeeded, match="did not take the user name and password"):
        port.publish(invented_publication())

    assert {} == radicale_secured.entries()


def test_the_hours_of_a_day_are_half_open() -> None:
    """What the invented publication says, so that the tests above say it too."""
    assert Interval(at(9), at(17)) == hours(9, 17)
