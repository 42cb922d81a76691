"""Reading calendars of two real CalDAV servers."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.codecs.icalendar import read_calendar
from boundary_plugins.core.availability import BusyType
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import Gone, Unavailable
from boundary_plugins.ports import AbsenceKind, CalendarPeriod
from boundary_plugins.testing.benches import hours, invented_publication
from boundary_plugins.testing.contracts import CalendarBench, CalendarContract
from builders_caldav import DAY, Account, event, starts
from servers.loopback_dav import Answer, DavProxy, Request, once, without_history

CORPUS = Path(__file__).parents[2] / "corpus"
OUT = "X-MICROSOFT-CDO-BUSYSTATUS:OOF"
SYNC, MULTIGET = b"sync-collection", b"calendar-multiget"


class AccountBench(CalendarBench):
    """A calendar on a server, whose owner enters something."""

    def __init__(self, account: Account) -> None:
        """Begin with an empty calendar."""
        self.account, self.calendar = account, account.calendar()
        self._number = 0

    def enter(self, period: CalendarPeriod) -> None:
        """A new entry."""
        self._number += 1
        times = (f"{at:%H%M%S}" for at in (period.interval.start, period.interval.end))
        more = [OUT] if period.kind is AbsenceKind.OUT_OF_OFFICE else []
        self.account.put(str(self._number), event(*times, *more, uid=str(self._number)))


class TestContract(CalendarContract):
    """The contract of the port, on both servers."""

    @pytest.fixture
    def bench(self, account: Account) -> AccountBench:
        """A calendar of its own."""
        return AccountBench(account)


def test_what_is_entered_changed_and_deleted_is_followed(account: Account) -> None:
    """From look to look, on both servers."""
    account.put("one", event("100000", "110000", uid="one"))
    account.put("two", event("120000", "130000", uid="two"))
    port = account.calendar()
    first = starts(port)
    account.put("one", event("090000", "093000", uid="one"))
    account.delete("two")
    account.put("three", event("150000", "160000", uid="three"))

    assert ["1000", "1200"] == first
    assert ["0900", "1500"] == starts(port)


@pytest.mark.parametrize(
    "name",
    [
        "recurring-with-exception-moved-across-the-clock-change",
        "this-and-future-moved",
        "outlook-out-of-office-windows-zone",
        "zone-names-of-every-kind",
    ],
)
def test_series_and_odd_zones_mean_on_the_server_what_they_mean_in_a_file(
    account: Account, name: str
) -> None:
    """One reader for both; series, exceptions, and zones as odd programs write them, one UID an entry."""
    text = (CORPUS / f"{name}.ics").read_bytes()
    year = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    # A server may refuse what is too odd for itself.
    taken = [part for number, part in enumerate(by_uid(text)) if account.takes(str(number), part)]

    found = account.calendar().contents(year)

    expected = [read_calendar(part, year, zone="UTC", name="a.ics") for part in taken]
    periods = [period for one in expected for period in one.periods]
    assert periods
    assert sorted(map(repr, periods)) == sorted(map(repr, found.periods))
    assert sum(len(one.set_aside) for one in expected) == len(found.set_aside)


def by_uid(text: bytes) -> list[bytes]:
    """A calendar as a server keeps it: each UID apart (RFC 4791, section 4.1), with the zones that it names."""
    blocks = re.findall(rb"^BEGIN:(VTIMEZONE|VEVENT)\n(.*?)^END:\1\n", plain(text), re.DOTALL | re.MULTILINE)
    zones = {zone_of(body): block(kind, body) for kind, body in blocks if kind == b"VTIMEZONE"}
    entries: dict[bytes, bytes] = {}
    for kind, body in blocks:
        if kind == b"VEVENT":
            uid = next(line for line in body.split(b"\n") if line.startswith(b"UID:"))
            entries[uid] = entries.get(uid, b"") + block(kind, body)
    head = b"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Test//EN\n"
    return [
        head + b"".join(zone for name, zone in zones.items() if name in entry) + entry + b"END:VCALENDAR\n"
        for entry in entries.values()
    ]


def plain(text: bytes) -> bytes:
    """Unfolded lines that end with LF."""
    return text.replace(b"\r\n", b"\n").replace(b"\n ", b"")


def block(kind: bytes, body: bytes) -> bytes:
    """A component."""
    return b"BEGIN:" + kind + b"\n" + body + b"END:" + kind + b"\n"


def zone_of(body: bytes) -> bytes:
    """The name that a VTIMEZONE has."""
    return next(line for line in body.split(b"\n") if line.startswith(b"TZID")).partition(b":")[2]


def test_a_look_without_changes_costs_one_request(behind: Account, proxy: DavProxy) -> None:
    """And what changed costs one more, for itself alone."""
    for number in range(3):
        behind.put(str(number), event("100000", "110000", uid=str(number)))
    port = behind.calendar()
    port.contents(DAY)
    proxy.asked.clear()

    port.contents(DAY)
    quiet = [one.method for one in proxy.asked]
    behind.put("2", event("120000", "130000", uid="2"))
    proxy.asked.clear()
    port.contents(DAY)

    assert ["REPORT"] == quiet
    assert ["REPORT", "REPORT"] == [one.method for one in proxy.asked]
    assert 1 == proxy.asked[1].body.count(b"href>") // 2


def test_a_new_start_goes_on_where_the_last_one_ended(behind: Account, proxy: DavProxy) -> None:
    """What was read is not fetched again."""
    behind.put("one", event("100000", "110000", OUT))
    behind.calendar().contents(DAY)
    proxy.asked.clear()

    (period,) = behind.calendar().contents(DAY).periods

    assert AbsenceKind.OUT_OF_OFFICE is period.kind
    assert (1, 0) == (proxy.count("REPORT", SYNC), proxy.count("REPORT", MULTIGET))


def test_no_word_of_an_entry_is_kept(account: Account) -> None:
    """Neither in the folder of the plugin nor in what it gives; a file there may be called as its UID is."""
    account.put(
        "private.client", event("100000", "110000", "LOCATION:Private", "ATTENDEE:mailto:private@example.org")
    )
    contents = account.calendar().contents(DAY)

    kept = b"".join(path.read_bytes() for path in account.folder.rglob("calendar-work/*"))

    assert b"DTSTART:20260302T100000Z" in kept
    assert b"rivate" not in kept
    assert "rivate" not in repr(contents)
    assert [0o600] == [path.stat().st_mode & 0o777 for path in account.folder.rglob("calendar-work/*")]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 2, "of": "x"}', '{"version": 9, "of": "x", "entries": {}}']
)
def test_what_was_kept_and_cannot_be_read_is_read_anew(behind: Account, text: str) -> None:
    """As after a disk that was full."""
    behind.put("one", event("100000", "110000"))
    behind.calendar().contents(DAY)
    (path,) = behind.folder.rglob("calendar.json")
    path.write_text(text.replace('"x"', json.dumps(json.loads(path.read_text())["of"])))

    assert ["1000"] == starts(behind.calendar())


def test_what_was_kept_of_another_calendar_is_not_used(behind: Account, radicale_server: object) -> None:
    """Where the configuration names another one under the same name."""
    behind.put("one", event("100000", "110000"))
    behind.calendar().contents(DAY)
    other = Account(behind.server, behind.folder, name=f"{behind.name}other", url=behind.url)

    assert [] == starts(other.calendar())


EXPIRED = Answer(403, {"Content-Type": "application/xml"}, b'<error xmlns="DAV:"><valid-sync-token/></error>')


@pytest.mark.parametrize(
    "answer",
    [
        EXPIRED,
        # Servers that say it in other ways.
        Answer(409, EXPIRED.headers, EXPIRED.body),
        Answer(400),
        Answer(410),
        Answer(403),
    ],
    ids=["403 with the condition", "409 with the condition", "400", "410", "403"],
)
def test_a_place_that_expired_is_left_and_only_what_differs_is_fetched(
    behind: Account, proxy: DavProxy, answer: Answer
) -> None:
    """RFC 6578, section 3.2: everything is compared, by its tags."""
    behind.put("one", event("100000", "110000", uid="one"))
    behind.put("two", event("120000", "130000", uid="two"))
    port = behind.calendar()
    port.contents(DAY)
    behind.put("two", event("140000", "150000", uid="two"))
    proxy.asked.clear()
    proxy.faults.append(once("REPORT", answer, text=SYNC))

    assert ["1000", "1400"] == starts(port)
    assert 1 == sum(one.body.count(b"href>") // 2 for one in proxy.asked)


def test_an_invalid_place_of_a_real_server_is_left(account: Account) -> None:
    """Each of the two says it in its own way."""
    account.put("one", event("100000", "110000"))
    account.calendar().contents(DAY)
    (path,) = account.folder.rglob("calendar.json")
    kept = json.loads(path.read_text())
    kept["place"] = "http://radicale.org/ns/sync/" + "0" * 64
    path.write_text(json.dumps(kept))
    account.delete("one")
    account.put("two", event("120000", "130000"))

    assert ["1200"] == starts(account.calendar())


def test_a_server_without_a_history_is_followed_by_its_tags(behind: Account, proxy: DavProxy) -> None:
    """One request where nothing changed; where something did, only that is fetched."""
    without_history(proxy)
    behind.put("one", event("100000", "110000", uid="one"))
    behind.put("two", event("120000", "130000", uid="two"))
    port = behind.calendar()
    first = starts(port)
    proxy.asked.clear()
    port.contents(DAY)
    quiet = [one.method for one in proxy.asked]
    behind.put("two", event("140000", "150000", uid="two"))
    behind.delete("one")
    proxy.asked.clear()

    assert (["1000", "1200"], ["1400"]) == (first, starts(port))
    assert ["PROPFIND"] == quiet
    assert ["PROPFIND", "PROPFIND", "REPORT"] == [one.method for one in proxy.asked]


def test_a_server_that_promises_a_history_and_has_none_is_followed_by_its_tags(
    behind: Account, proxy: DavProxy
) -> None:
    """Refused at the first time, and not asked again."""
    proxy.faults.append(lambda request: Answer(501) if SYNC in request.body else None)
    behind.put("one", event("100000", "110000"))
    port = behind.calendar()

    assert ["1000"] == starts(port)
    assert ["1000"] == starts(port)
    assert 1 == proxy.count("REPORT", SYNC)


def test_a_server_that_lies_about_tags_is_not_believed(behind: Account, proxy: DavProxy) -> None:
    """Its collection changed and none of its entries did: all are fetched."""
    without_history(proxy)
    proxy.changes.append(same_tags)
    behind.put("one", event("100000", "110000"))
    port = behind.calendar()
    first = starts(port)
    behind.put("one", event("140000", "150000"))

    assert (["1000"], ["1400"]) == (first, starts(port))


def same_tags(request: Request, answer: Answer) -> Answer:
    """Every entry has the same tag, whatever happens to it."""
    body = re.sub(rb"<getetag>[^<]*</getetag>", b'<getetag>"same"</getetag>', answer.body)
    return Answer(answer.status, answer.headers, body)


def test_a_server_without_any_tag_is_read_whole(behind: Account, proxy: DavProxy) -> None:
    """At each look."""
    without_history(proxy)
    proxy.changes.append(
        lambda request, answer: Answer(
            answer.status,
            answer.headers,
            answer.body.replace(b"getetag", b"gettag").replace(b"getctag", b"nothing"),
        )
    )
    behind.put("one", event("100000", "110000"))
    port = behind.calendar()
    first = starts(port)
    behind.put("one", event("140000", "150000"))

    assert (["1000"], ["1400"]) == (first, starts(port))


def test_a_list_of_changes_in_parts_is_followed_to_its_end(behind: Account, proxy: DavProxy) -> None:
    """RFC 6578, section 3.6: 507 for the collection itself means that there is more, from the place given."""
    behind.put("one", event("100000", "110000", uid="one"))
    behind.calendar().contents(DAY)
    (path,) = behind.folder.rglob("calendar.json")
    kept = json.loads(path.read_text())
    path.unlink()
    behind.put("two", event("120000", "130000", uid="two"))
    ok = "<propstat><prop><getetag>1</getetag></prop><status>HTTP/1.1 200 OK</status></propstat>"
    more = "<status>HTTP/1.1 507 Insufficient Storage</status>"
    parts = f"{response(behind.path + 'one.ics', ok)}{response(behind.path, more)}"
    body = f'<multistatus xmlns="DAV:">{parts}<sync-token>{kept["place"]}</sync-token></multistatus>'
    first = Answer(207, {"Content-Type": "application/xml"}, body.encode())
    proxy.faults.append(once("REPORT", first, text=SYNC))

    assert ["1000", "1200"] == starts(behind.calendar())


def response(path: str, inner: str) -> str:
    """What an answer tells of one resource."""
    return f"<response><href>{path}</href>{inner}</response>"


def test_a_connection_that_breaks_in_the_middle_loses_nothing(behind: Account, proxy: DavProxy) -> None:
    """What was fetched before stays, and the next look begins where that one did."""
    behind.put("one", event("100000", "110000", uid="one"))
    port = behind.calendar()
    port.contents(DAY)
    behind.put("two", event("120000", "130000", uid="two"))
    proxy.faults.append(once("REPORT", Answer(207, {}, b"<multistatus>" * 9, breaks_off=True), text=MULTIGET))

    with pytest.raises(Unavailable, match="the connection broke"):
        port.contents(DAY)

    assert ["1000", "1200"] == starts(port)
    assert ["1000", "1200"] == starts(behind.calendar())


def test_an_entry_that_a_server_withholds_is_not_taken_for_absent(behind: Account, proxy: DavProxy) -> None:
    """An absence could stand in it."""
    behind.put("one", event("100000", "110000"))
    empty = Answer(207, {"Content-Type": "application/xml"}, b'<multistatus xmlns="DAV:"/>')
    proxy.faults.append(once("REPORT", empty, text=MULTIGET))
    port = behind.calendar()

    with pytest.raises(Unavailable, match="did not give 1 of its entries"):
        port.contents(DAY)

    assert ["1000"] == starts(port)


def test_an_entry_that_cannot_be_read_is_set_aside_and_the_rest_is_used(
    behind: Account, proxy: DavProxy
) -> None:
    """It is named without a word of it, and with no name that somebody gave it."""
    behind.put("Anna", event("100000", "110000", uid="Anna"))
    behind.put("two", event("120000", "130000", uid="two"))
    proxy.changes.append(
        lambda request, answer: Answer(
            answer.status,
            answer.headers,
            answer.body.replace(b"DTSTART:20260302T100000Z", b"DTSTART:Private"),
        )
    )

    contents = behind.calendar().contents(DAY)

    assert 1 == len(contents.periods)
    (line,) = contents.set_aside
    assert line.startswith("entry ")
    assert not {"Anna", "Private"} & set(line.replace(":", " ").split())


def test_our_own_entries_in_a_calendar_are_not_read(account: Account) -> None:
    """Published hours do not close hours."""
    account.publisher(shows="closed").publish(invented_publication())

    contents = account.calendar().contents(DAY)

    assert 2 == len(account.entries())
    assert ((), ()) == (contents.periods, contents.set_aside)


def test_only_busy_times_are_read_where_no_more_may_be(account: Account) -> None:
    """A question about free and busy, which the server works out; a free entry is none."""
    account.put("one", event("100000", "110000", uid="one"))
    account.put("two", event("120000", "130000", "TRANSP:TRANSPARENT", uid="two"))
    account.put("three", event("140000", "150000", "STATUS:TENTATIVE", uid="three"))
    port = account.calendar(mode="free-busy")

    periods = port.contents(DAY).periods

    assert [(hours(10, 11), BusyType.BUSY), (hours(14, 15), BusyType.TENTATIVE)] == [
        (one.interval, one.busy_type) for one in periods
    ]
    assert {AbsenceKind.BUSY} == {one.kind for one in periods}
    assert [] == list(account.folder.rglob("calendar.json"))


def test_a_calendar_that_was_moved_is_searched_for_again(account: Account) -> None:
    """By its name, after it was not found where it was."""
    account.put("one", event("100000", "110000"))
    port = account.calendar(calendar=account.name)
    port.contents(DAY)
    account.server.delete(account.path)

    with pytest.raises((Gone, Unavailable)):
        port.contents(DAY)
    account.path = account.server.make_calendar(f"{account.name}moved", shown=account.name)
    account.put("two", event("120000", "130000"))

    assert ["1200"] == starts(port)


def test_availability_in_a_calendar_is_read_as_a_layer(account: Account) -> None:
    """Where a server lets it stand among the entries."""
    text = (CORPUS / "availability-recurring-berlin.ics").read_bytes()
    if not account.takes("hours", text):
        # Radicale takes events, tasks and notes alone.
        assert "therapist" == account.server.user
        return
    year = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))

    (layer,) = account.calendar().contents(year).availabilities

    expected = read_calendar(text, year, zone="UTC", name="a.ics").availabilities[0]
    assert expected.available == layer.available
    assert year.end - timedelta(days=1) > layer.available[0].start
