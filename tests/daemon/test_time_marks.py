"""Marks on messages log time: as they stand now, once a contact, whatever the order in which things are seen."""

from boundary_plugins.core.fees.meter import Meter
from boundary_plugins.store.repository import Store
from daemon.practice import AB, MINUTE, STRANGER, Practice

# A one-file plugin: the mailbox of the example over two folders, whose marks lie in "marks.txt", one a line.
MARKED = """
from dataclasses import replace
from pathlib import Path
from boundary_plugins import Changes, MailboxProvider, TimeMark, hookimpl
from homing_pigeon import Loft, LoftSettings

class Marked(Loft):
    def changes(self, cursor):
        lines = (self._arrivals.parent / "marks.txt").read_text().splitlines()
        marks = tuple(TimeMark(name, int(minutes)) for name, minutes in map(str.split, lines))
        return replace(super().changes(cursor), time_marks=marks)

@hookimpl
def register_mailboxes():
    yield MailboxProvider(
        name="marked", summary="with marks", settings=LoftSettings,
        open=lambda settings, services: Marked(settings, services),
    )
"""
MAILBOX = """
[[mailboxes]]
name = "marked"
kind = "marked"
arrivals = "loft/arrivals"
departures = "loft/departures"
"""


def begun(practice: Practice) -> None:
    """A practice with a second mailbox, whose messages can be marked."""
    for name in ("arrivals", "departures"):
        (practice.folder / "loft" / name).mkdir(parents=True)
    (practice.folder / "plugins" / "marked.py").write_text(MARKED, "utf-8")
    practice.configure(plugins='"files", "marked"', more=MAILBOX)
    mark(practice)
    practice.start()


def arrive(practice: Practice, name: str, sender: str = AB) -> None:
    """A message arrives in the second mailbox."""
    delivered = practice.deliver(sender)
    (practice.maildir / "new" / delivered).rename(practice.folder / "loft" / "arrivals" / name)


def mark(practice: Practice, **minutes: int) -> None:
    """The marks as they stand now."""
    text = "".join(f"{name} {number}\n" for name, number in minutes.items())
    (practice.folder / "loft" / "marks.txt").write_text(text)


def logged(store: Store) -> list[tuple[Meter, int | None, bool]]:
    """Every entry on record."""
    return [(entry.meter, entry.seconds, entry.of_mark) for entry in store.latest_time(10)]


def test_a_mark_logs_time_on_the_contact(practice: Practice) -> None:
    begun(practice)
    arrive(practice, "one")
    practice.look()
    mark(practice, one=12)

    practice.look(after=MINUTE)
    practice.look(after=MINUTE)

    assert [(Meter.WRITING, 720, True)] == logged(practice.store)


def test_a_message_and_its_mark_may_come_at_the_same_look(practice: Practice) -> None:
    begun(practice)
    arrive(practice, "one")
    mark(practice, one=12)

    practice.look()

    assert [(Meter.WRITING, 720, True)] == logged(practice.store)


def test_a_mark_that_changes_replaces_the_time_and_one_that_goes_takes_it_away(practice: Practice) -> None:
    begun(practice)
    arrive(practice, "one")
    seen = []
    for minutes in (12, 5, 0):
        mark(practice, one=minutes)
        practice.look(after=MINUTE)
        seen.append(logged(practice.store))

    assert [[(Meter.WRITING, 720, True)], [(Meter.WRITING, 300, True)], []] == seen


def test_a_mark_on_what_is_no_contact_logs_nothing(practice: Practice) -> None:
    begun(practice)
    arrive(practice, "one", STRANGER)
    mark(practice, one=12, nowhere=3)

    assert practice.look()

    assert [] == logged(practice.store)


def test_what_no_mark_can_mean_is_the_plugins_failure(practice: Practice) -> None:
    begun(practice)
    arrive(practice, "one")
    mark(practice, one=1441)

    assert not practice.look()

    assert [] == logged(practice.store)
    assert "times that cannot be kept" in practice.log_stream.getvalue()
