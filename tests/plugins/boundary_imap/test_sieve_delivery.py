"""Real deliveries to a Pigeonhole that keeps the boundary by itself: the response leaves over SMTP, once a window."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from boundary_plugins.availability_sources.assemble import HoursSettings
from boundary_plugins.ports import Publication
from boundary_plugins.testing.smtp_receiver import SmtpReceiver
from builders_managesieve import SieveBench
from builders_sieve import ALIAS, policy_in, publication_of, timetable_of
from servers.dovecot import Dovecot

CLIENT = "ab@example.org"


@pytest.fixture
def receiver() -> Iterator[SmtpReceiver]:
    """Where responses go."""
    with SmtpReceiver() as receiver:
        yield receiver


@pytest.fixture
def bench(dovecot: Dovecot, receiver: SmtpReceiver, tmp_path: Path) -> SieveBench:
    """A user whose server hands responses to the receiver."""
    user = dovecot.add_user(submission_host=f"127.0.0.1:{receiver.port}")
    return SieveBench(dovecot, tmp_path, user)


def closed_now(language: str = "en", weekly: str = "closed") -> Publication:
    """What is published by a practice that is closed just now."""
    now = datetime.now(UTC).replace(microsecond=0)
    policy = policy_in("Europe/Berlin", language)
    return publication_of(timetable_of(HoursSettings("Europe/Berlin", weekly), now), policy, now, weeks=1)


def mail(sender: str = CLIENT, **fields: str) -> bytes:
    """A message to the user."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "therapist@example.com", "A question"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content("Hello.")
    return message.as_bytes()


def test_one_response_leaves_for_each_sender_and_window(bench: SieveBench, receiver: SmtpReceiver) -> None:
    """RFC 5230, section 4.2; to the reverse-path, with the null one (RFC 3834, sections 3.3 and 4)."""
    bench.publisher.publish(closed_now())

    for sender in (CLIENT, CLIENT, "cd@example.org", CLIENT):
        bench.dovecot.deliver(bench.user, mail(sender), sender=sender)

    assert [CLIENT, "cd@example.org"] == [each.recipients[0] for each in receiver.received]
    assert ["", ""] == [each.reverse_path for each in receiver.received]
    assert 4 == len(bench.dovecot.stored(bench.user))


def test_the_response_says_what_the_daemon_would_say(bench: SieveBench, receiver: SmtpReceiver) -> None:
    """RFC 3834, section 3.1: marked as automatic, in the thread, in UTF-8 and with the crisis resources."""
    bench.publisher.publish(closed_now("de"))

    bench.dovecot.deliver(bench.user, mail(Message_ID="<1@example.org>"), sender=CLIENT)

    response = message_from_bytes(receiver.received[0].content, policy=default)
    assert "therapist@example.com" == response["From"]
    assert "Automatische Antwort" == response["Subject"]
    assert str(response["Auto-Submitted"]).startswith("auto-replied")
    assert "<1@example.org>" == response["In-Reply-To"]
    assert "de" == response["Content-Language"]
    text = response.get_content()
    assert "Vielen Dank für Ihre Nachricht." in text
    assert "112" in text
    assert "Quiet Harbor" not in text


def test_the_own_address_that_was_written_to_answers(bench: SieveBench, receiver: SmtpReceiver) -> None:
    """And no other one, so that nobody learns of it."""
    bench.publisher.publish(closed_now())
    message = mail().replace(b"To: therapist@example.com", b"To: R.Example@example.com")

    bench.dovecot.deliver(bench.user, message, sender=CLIENT)

    assert [ALIAS] == [str(message_from_bytes(each.content)["From"]) for each in receiver.received]


@pytest.mark.parametrize(
    "sender, message",
    [
        # A bounce.
        ("", mail("MAILER-DAEMON@example.org")),
        # A list, whose reverse-path tells nothing.
        (CLIENT, mail(List_Id="<news.example.org>")),
        # Somebody else's responder.
        (CLIENT, mail(Auto_Submitted="auto-replied")),
        # What is not for the therapist.
        (CLIENT, mail().replace(b"To: therapist@example.com", b"To: somebody@example.net")),
    ],
)
def test_no_response_leaves_to_a_machine(
    bench: SieveBench, receiver: SmtpReceiver, sender: str, message: bytes
) -> None:
    """RFC 3834, section 2; the message is delivered as ever."""
    bench.publisher.publish(closed_now())

    bench.dovecot.deliver(bench.user, message, sender=sender)

    assert [] == receiver.received
    assert 1 == len(bench.dovecot.stored(bench.user))


def test_a_change_of_the_hours_is_in_force_at_once(bench: SieveBench, receiver: SmtpReceiver) -> None:
    """Also beside the user's own script, which the server compiles together with ours."""
    bench.put("mine", 'require "fileinto";\nfileinto "Junk";\n', active=True)
    bench.publisher.publish(closed_now(weekly="daily 00:00-24:00"))
    bench.dovecot.deliver(bench.user, mail(), sender=CLIENT)
    before = len(receiver.received)

    bench.publisher.publish(closed_now())
    bench.dovecot.deliver(bench.user, mail(), sender=CLIENT)

    assert (0, 1) == (before, len(receiver.received))
    assert 2 == len(bench.dovecot.stored(bench.user, "Junk"))


def test_after_removing_no_response_leaves_and_the_users_own_script_runs(
    bench: SieveBench, receiver: SmtpReceiver
) -> None:
    """Mail is sorted as before."""
    bench.put("mine", 'require "fileinto";\nfileinto "Junk";\n', active=True)
    bench.publisher.publish(closed_now())

    bench.publisher.remove()
    bench.dovecot.deliver(bench.user, mail(), sender=CLIENT)

    assert [] == receiver.received
    assert 1 == len(bench.dovecot.stored(bench.user, "Junk"))
