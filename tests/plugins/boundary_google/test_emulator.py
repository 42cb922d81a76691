"""The Gmail mailbox at a Google that nobody here wrote, through Google's ordinary client."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from boundary_google.mailbox import GmailMailbox
from boundary_google.settings import GmailSettings
from boundary_plugins.errors import ProviderError
from boundary_plugins.ports import SentSearch, TimeMark
from boundary_plugins.testing.benches import invented_message, invented_response, own_message
from boundary_plugins.testing.contracts import MailboxBench, MailboxContract
from boundary_plugins.testing.doubles import memory_services
from servers.google_emulator import IS_INSTALLED, GoogleEmulator, Person

pytestmark = pytest.mark.skipif(not IS_INSTALLED, reason="the emulator is not installed in .npm")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleEmulator]:
    """The emulator, started once."""
    with GoogleEmulator(tmp_path_factory.mktemp("emulator")) as made:
        yield made


class EmulatedBench(MailboxBench):
    """Somebody's account at the emulator."""

    mailbox: GmailMailbox

    def __init__(self, folder: Path, emulator: GoogleEmulator, *scopes: str, **settings: object) -> None:
        self.person = emulator.person()
        granted = scopes or ("gmail.metadata", "gmail.send")
        secrets = {"google": json.dumps(self.person.sign_in(*granted))}
        services = memory_services(folder, secrets=secrets, name="mailbox main")
        configured = GmailSettings.model_validate({"api_endpoint": emulator.url} | settings)
        self.mailbox = GmailMailbox(configured, services)
        self.filed: set[str] = set()

    def close(self) -> None:
        """Let go of the mailbox."""
        self.mailbox.close()

    def deliver(self, message: bytes) -> None:
        self.person.insert(message, "INBOX", "UNREAD")

    def remove(self, provider_id: str) -> None:
        self.person.delete(provider_id)

    def file_sent(self, message: bytes) -> None:
        self.filed.add(self.person.insert(message, "SENT"))

    def fail_next_send(self, kind: type[ProviderError]) -> bool:
        return False

    def state(self) -> object:
        listed = self.person.get("messages?includeSpamTrash=true").get("messages", [])
        return [_without_time(self.person, each["id"]) for each in listed]

    def left(self) -> list[bytes]:
        listed = self.person.get("messages?labelIds=SENT").get("messages", [])
        sent = [each["id"] for each in listed if each["id"] not in self.filed]
        return [
            urlsafe_b64decode(self.person.get(f"messages/{each}?format=raw")["raw"] + "==") for each in sent
        ]


def _without_time(person: Person, message_id: str) -> object:
    """A message's labels and thread."""
    found = person.get(f"messages/{message_id}?format=minimal")
    return found["id"], found["threadId"], sorted(found["labelIds"])


@pytest.fixture
def bench(tmp_path: Path, emulator: GoogleEmulator) -> Iterator[EmulatedBench]:
    """Somebody's account."""
    with closing(EmulatedBench(tmp_path, emulator)) as made:
        yield made


class TestEmulatedGmail(MailboxContract):
    """The contract of every mailbox."""

    @pytest.fixture
    def bench(self, tmp_path: Path, emulator: GoogleEmulator) -> Iterator[EmulatedBench]:
        with closing(EmulatedBench(tmp_path, emulator)) as made:
            yield made

    def test_a_response_of_ours_among_the_sent_ones_is_told_apart(self, bench: MailboxBench) -> None:
        """Not here: the emulator gives ten fields of a message, and none of ours is among them."""
        cursor = bench.mailbox.changes(None).cursor
        bench.file_sent(own_message(b"To: one@example.org\r\nX-Boundary-Response: r-9\r\n"))

        sent = bench.mailbox.changes(cursor).sent

        assert [None] == [message.response_id for message in sent]


def test_its_place_in_the_history_is_larger_than_64_bits(bench: EmulatedBench) -> None:
    """So a cursor is a text."""
    bench.deliver(invented_message(1))

    assert int(bench.mailbox.changes(None).cursor) > 2**64


def test_many_messages_come_in_batches(bench: EmulatedBench) -> None:
    """None is lost, and each is itself."""
    cursor = bench.mailbox.changes(None).cursor
    for number in range(60):
        bench.deliver(invented_message(number))

    received = bench.mailbox.changes(cursor).received
    found = [bench.mailbox.fetch(each) for each in received]

    ids = [each.headers.first("message-id") for each in found if each.headers]
    assert sorted(f"<{number}@example.org>" for number in range(60)) == sorted(map(str, ids))


def test_a_label_logs_time(bench: EmulatedBench) -> None:
    """As a person puts it on in Gmail."""
    bench.deliver(invented_message(1))
    first = bench.mailbox.changes(None)
    bench.person.modify(first.received[0], bench.person.label("Boundary/12 min"))

    assert (TimeMark(first.received[0], 12),) == bench.mailbox.changes(first.cursor).time_marks


def test_what_was_answered_is_labelled(tmp_path: Path, emulator: GoogleEmulator) -> None:
    """The label is made where it is not there."""
    with closing(EmulatedBench(tmp_path, emulator, "gmail.modify", label_answered=True)) as bench:
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        response = invented_response()
        bench.mailbox.send(
            type(response)(
                response.response_id, response.sender, response.to, response.content, answers=provider_id
            )
        )

        names = {each["id"]: each["name"] for each in bench.person.get("labels")["labels"]}
        labels = bench.person.get(f"messages/{provider_id}?format=minimal")["labelIds"]
    assert "Boundary/Answered" in {names[each] for each in labels}


def test_a_response_is_found_by_its_note(bench: EmulatedBench) -> None:
    """Also by another instance over the same folder."""
    bench.mailbox.send(invented_response("r-7"))

    assert SentSearch.FOUND is bench.mailbox.find_sent("r-7")
