"""What the Maildir mailbox and the .ics publisher tell about themselves, without changing anything."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boundary_files.mailbox import MaildirMailbox
from boundary_files.publisher import IcsPublisher
from boundary_files.settings import IcsPublisherSettings, MaildirSettings
from boundary_plugins import Condition, Examined
from boundary_plugins.testing.benches import invented_publication
from boundary_plugins.testing.doubles import memory_services
from boundary_plugins.testing.smtp_receiver import Reply, SmtpReceiver, Stage


@pytest.fixture
def receiver() -> Iterator[SmtpReceiver]:
    with SmtpReceiver(sign_in=("therapist", "right")) as receiving:
        yield receiving


def examined(folder: Path, password: str | None = None, **settings: object) -> dict[str, Examined]:
    """What a mailbox over `Maildir` tells, by its part."""
    secrets = {"smtp": password} if password else {}
    mailbox = MaildirMailbox(
        MaildirSettings.model_validate({"path": "Maildir", **settings}),
        memory_services(folder, secrets=secrets, name="mailbox main"),
    )
    return {each.part: each for each in mailbox.examine()}


def host(receiver: SmtpReceiver, **more: object) -> dict[str, object]:
    return {
        "host": "127.0.0.1", "port": receiver.port, "security": "none", "timeout": 5,
        "username": "therapist", "password_secret": "smtp", **more,
    }  # fmt: skip


def make_maildir(path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (path / name).mkdir(parents=True)


def test_folders_and_host_that_are_well_are_told_so(tmp_path: Path, receiver: SmtpReceiver) -> None:
    make_maildir(tmp_path / "Maildir")
    make_maildir(tmp_path / "Maildir/.Sent")
    (tmp_path / "Maildir/new/1.example").write_bytes(b"\r\n")

    found = examined(tmp_path, "right", sent="Maildir/.Sent", smtp=host(receiver))

    assert [Condition.OK] * 3 == [each.condition for each in found.values()]
    assert found["Maildir"].found.endswith("Maildir is there with 1 message")
    assert found["sending host"].found.endswith("greeted and took the sign-in")
    assert [] == receiver.received
    assert [tmp_path / "Maildir/new/1.example"] == list((tmp_path / "Maildir").rglob("1.*"))


@pytest.mark.parametrize(
    ("password", "reply", "says"),
    [
        # A wrong password, a missing one, a host that is busy.
        ("wrong", None, "refused the sign-in (535)"),
        (None, None, "the secret 'smtp' is not there"),
        ("right", Reply("421 4.3.2 later"), "421"),
    ],
)
def test_a_host_that_refuses_is_broken_in_its_own_words(
    tmp_path: Path, receiver: SmtpReceiver, password: str | None, reply: Reply | None, says: str
) -> None:
    make_maildir(tmp_path / "Maildir")
    if reply is not None:
        receiver.faults[Stage.GREETING] = reply

    found = examined(tmp_path, password, smtp=host(receiver))["sending host"]

    assert Condition.BROKEN is found.condition
    assert says in found.found
    assert "right" not in found.found
    assert not found.found.startswith("mailbox main")


def test_messages_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    make_maildir(tmp_path / "Maildir")
    (tmp_path / "Maildir/new/2.example").symlink_to("/nowhere")

    found = examined(tmp_path)["Maildir"]

    assert (Condition.LOOK, True) == (found.condition, "and 1 that cannot be read" in found.found)


def test_without_a_host_and_sent_mail_both_are_worth_a_look(tmp_path: Path) -> None:
    make_maildir(tmp_path / "Maildir")

    found = examined(tmp_path)

    assert [Condition.OK, Condition.LOOK, Condition.LOOK] == [each.condition for each in found.values()]


@pytest.mark.parametrize(
    ("prepare", "condition"),
    [
        # Nothing there yet, our own file, somebody else's, no folder, a folder in the file's place.
        (lambda path: None, Condition.OK),
        (lambda path: publisher(path).publish(invented_publication()), Condition.OK),
        (lambda path: path.write_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), Condition.BROKEN),
        (lambda path: path.parent.rmdir(), Condition.BROKEN),
        (lambda path: path.mkdir(), Condition.BROKEN),
    ],
)
def test_a_publisher_tells_whether_it_could_write(
    tmp_path: Path, prepare: Callable[[Path], object], condition: Condition
) -> None:
    path = tmp_path / "web" / "availability.ics"
    path.parent.mkdir()
    prepare(path)
    before = sorted(tmp_path.rglob("*"))

    (found,) = publisher(path).examine()

    assert condition is found.condition, found
    assert before == sorted(tmp_path.rglob("*"))


def publisher(path: Path) -> IcsPublisher:
    return IcsPublisher(
        IcsPublisherSettings(path=path), memory_services(path.parent.parent, name="publisher page")
    )
