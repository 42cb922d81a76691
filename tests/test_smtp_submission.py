"""SMTP submission against a real receiver, which fails at each point where a relay can."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from boundary_plugins.errors import AuthorizationNeeded, OutcomeUnknown, ProviderError, Refused, Unavailable
from boundary_plugins.ports import SendReceipt
from boundary_plugins.smtp_submission import SmtpSettings, submit
from boundary_plugins.testing.certificates import make_certificate
from boundary_plugins.testing.smtp_receiver import Fault, Reply, SmtpReceiver, Stage

CONTENT = b"From: therapist@example.com\r\nSubject: Automatic reply\r\n\r\nHello.\r\n.hidden dot\r\n"


@pytest.fixture
def receiver() -> Iterator[SmtpReceiver]:
    """A receiver without faults."""
    with SmtpReceiver() as receiver:
        yield receiver


def hand_in(
    port: int,
    *,
    password: str | None = None,
    reverse_path: str = "",
    to: str = "client@example.org",
    content: bytes = CONTENT,
    **settings: object,
) -> SendReceipt:
    """Submit one message to a port of this machine."""
    chosen = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 5, **settings}
    return submit(
        SmtpSettings.model_validate(chosen),
        password,
        sender_header_address="therapist@example.com",
        reverse_path=reverse_path,
        to=to,
        content=content,
    )


def test_a_response_goes_out_with_the_null_reverse_path_and_byte_for_byte(receiver: SmtpReceiver) -> None:
    """RFC 3834, section 3.3, and the transparency of RFC 5321, section 4.5.2."""

    receipt = hand_in(receiver.port)

    assert SendReceipt(provider_id=None, reverse_path_is_null=True) == receipt
    assert [("", ("client@example.org",), CONTENT)] == [
        (message.reverse_path, message.recipients, message.content) for message in receiver.received
    ]


def test_bare_line_ends_leave_as_crlf(receiver: SmtpReceiver) -> None:
    """RFC 5321, section 2.3.8: a bare LF before a dot must not end the message early."""

    hand_in(receiver.port, content=b"Subject: x\n\none\n.\ntwo")

    assert b"Subject: x\r\n\r\none\r\n.\r\ntwo\r\n" == receiver.received[0].content


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT])
def test_a_relay_that_refuses_the_null_reverse_path_gets_the_own_address(
    receiver: SmtpReceiver, stage: Stage
) -> None:
    """The receipt says so, as then bounces come back."""
    receiver.null_refused_at = stage

    receipt = hand_in(receiver.port)

    assert not receipt.reverse_path_is_null
    assert "the own address was used" in receipt.note
    assert ["therapist@example.com"] == [message.reverse_path for message in receiver.received]


NOT_SENT = [
    # A greeting that asks for patience (RFC 5321, section 3.1), or that serves nobody.
    (Stage.GREETING, Reply("421 4.3.2 not now"), Unavailable),
    (Stage.GREETING, Reply("554 5.3.2 no service here"), Unavailable),
    (Stage.GREETING, Fault.DROP, Unavailable),
    (Stage.GREETING, Fault.STALL, Unavailable),
    (Stage.EHLO, Reply("421 4.3.2 not now"), Unavailable),
    (Stage.EHLO, Reply("550 5.7.1 go away"), Unavailable),
    (Stage.EHLO, Fault.DROP, Unavailable),
    (Stage.EHLO, Fault.STALL, Unavailable),
    # Greylisting, and limits of today.
    (Stage.MAIL, Reply("451 4.3.0 later"), Unavailable),
    (Stage.MAIL, Reply("421 4.7.0 too many"), Unavailable),
    (Stage.MAIL, Reply("550 5.7.1 not you"), Refused),
    (Stage.MAIL, Reply("530 5.7.0 sign in first"), AuthorizationNeeded),
    (Stage.MAIL, Reply("999 nonsense"), Unavailable),
    (Stage.MAIL, Reply("what?"), Unavailable),
    (Stage.MAIL, Fault.DROP, Unavailable),
    (Stage.MAIL, Fault.STALL, Unavailable),
    (Stage.RCPT, Reply("450 4.2.1 mailbox busy"), Unavailable),
    (Stage.RCPT, Reply("421 4.3.2 closing"), Unavailable),
    (Stage.RCPT, Reply("550 5.1.1 no such user"), Refused),
    (Stage.RCPT, Fault.DROP, Unavailable),
    (Stage.RCPT, Fault.STALL, Unavailable),
    (Stage.DATA, Reply("451 4.3.0 later"), Unavailable),
    (Stage.DATA, Reply("421 4.3.2 closing"), Unavailable),
    (Stage.DATA, Reply("554 5.5.1 no valid recipients"), Refused),
    (Stage.DATA, Reply("250 what"), Unavailable),
    (Stage.DATA, Fault.DROP, Unavailable),
    (Stage.DATA, Fault.STALL, Unavailable),
    # The content was refused as a whole, which is a clear answer.
    (Stage.FINAL_DOT, Reply("451 4.3.0 disk full"), Unavailable),
    (Stage.FINAL_DOT, Reply("421 4.3.2 closing"), Unavailable),
    (Stage.FINAL_DOT, Reply("554 5.6.0 content refused"), Refused),
]


@pytest.mark.parametrize("stage, fault, expected", NOT_SENT)
def test_what_failed_before_the_relay_took_it_was_not_sent(
    receiver: SmtpReceiver, stage: Stage, fault: Reply | Fault, expected: type[ProviderError]
) -> None:
    """Each refusal says whether it is worth trying again."""
    receiver.faults[stage] = fault

    with pytest.raises(ProviderError) as caught:
        hand_in(receiver.port, timeout=0.3)

    assert expected is type(caught.value)
    assert [] == receiver.received


@pytest.mark.parametrize(
    "fault",
    [
        # The connection breaks between the final dot and its reply.
        Fault.DROP,
        # The reply does not come in time.
        Fault.STALL,
        # A reply that no standard knows.
        Reply("199 perhaps"),
        Reply("maybe"),
    ],
)
def test_without_a_clear_reply_to_the_final_dot_the_outcome_is_unknown(
    receiver: SmtpReceiver, fault: Reply | Fault
) -> None:
    """Never "not sent": the relay of this test has kept the message where the connection broke."""
    receiver.faults[Stage.FINAL_DOT] = fault

    with pytest.raises(OutcomeUnknown):
        hand_in(receiver.port, timeout=0.3)

    assert (1 if isinstance(fault, Fault) else 0) == len(receiver.received)


def test_a_connection_that_breaks_while_the_content_leaves_was_not_sent(receiver: SmtpReceiver) -> None:
    """The final dot never left, as the content did not fit into the buffers of the system."""
    receiver.faults[Stage.CONTENT] = Fault.DROP

    with pytest.raises(Unavailable):
        hand_in(receiver.port, content=CONTENT + b"x" * 70 + b"\r\n" * 8_000_000)


@pytest.mark.parametrize("fault", [Reply("421 4.3.2 closing"), Fault.DROP, Fault.STALL])
def test_what_goes_wrong_at_quit_is_sent_all_the_same(receiver: SmtpReceiver, fault: Reply | Fault) -> None:
    """RFC 5321, section 4.1.1.4: the reply to the final dot settles it."""
    receiver.faults[Stage.QUIT] = fault

    receipt = hand_in(receiver.port, timeout=0.3)

    assert receipt.reverse_path_is_null
    assert 1 == len(receiver.received)


def test_a_closed_port_is_unavailable_and_says_so(receiver: SmtpReceiver) -> None:
    """One clear line."""
    receiver.refuse_connections()

    with pytest.raises(Unavailable) as caught:
        hand_in(receiver.port)

    assert f"smtp: no connection to 127.0.0.1, port {receiver.port} (refused)" == str(caught.value)


def test_an_unknown_name_is_unavailable() -> None:
    """`.invalid` never resolves (RFC 6761, section 6.4)."""
    with pytest.raises(Unavailable) as caught:
        hand_in(25, host="relay.invalid", security="tls")

    assert "the name is not known" in str(caught.value)


class TestSignIn:
    """AUTH (RFC 4954)."""

    def test_a_right_password_signs_in(self) -> None:
        """PLAIN carries UTF-8 (RFC 4616)."""
        with SmtpReceiver(sign_in=("therapist", "pässword")) as receiver:
            hand_in(receiver.port, password="pässword", username="therapist", password_secret="smtp")

            assert "therapist" == receiver.received[0].signed_in_as

    @pytest.mark.parametrize("password", ["wrong", None])
    def test_a_wrong_or_missing_password_needs_a_person(self, password: str | None) -> None:
        """535, or nothing to try with."""
        with SmtpReceiver(sign_in=("therapist", "right")) as receiver, pytest.raises(AuthorizationNeeded):
            hand_in(receiver.port, password=password, username="therapist", password_secret="smtp")

    def test_no_sign_in_where_one_is_wanted_needs_a_person(self) -> None:
        """530 at MAIL FROM."""
        with SmtpReceiver(sign_in=("therapist", "right")) as receiver, pytest.raises(AuthorizationNeeded):
            hand_in(receiver.port)

    def test_a_server_without_sign_in_needs_a_person(self, receiver: SmtpReceiver) -> None:
        """The configuration names a user, the relay knows none."""
        with pytest.raises(AuthorizationNeeded):
            hand_in(receiver.port, password="x", username="therapist", password_secret="smtp")

    @pytest.mark.parametrize(
        "fault, expected",
        [
            # The user database is away.
            (Reply("454 4.7.0 temporary failure"), Unavailable),
            (Reply("421 4.7.0 closing"), Unavailable),
            (Reply("535 5.7.8 wrong"), AuthorizationNeeded),
            (Fault.DROP, Unavailable),
        ],
    )
    def test_a_failing_sign_in_tells_patience_from_a_person(
        self, fault: Reply | Fault, expected: type[ProviderError]
    ) -> None:
        """RFC 4954, section 6."""
        with SmtpReceiver(sign_in=("therapist", "right")) as receiver:
            receiver.faults[Stage.AUTH] = fault

            with pytest.raises(ProviderError) as caught:
                hand_in(receiver.port, password="right", username="therapist", password_secret="smtp")

            assert expected is type(caught.value)


class TestTls:
    """STARTTLS (RFC 3207) and TLS from the start (RFC 8314), verified."""

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_trusted_certificate_is_taken(self, tmp_path: Path, security: str) -> None:
        """The file of trusted certificates comes from the configuration."""
        trusted, context = make_certificate(tmp_path)
        with SmtpReceiver(tls=context, implicit_tls=security == "tls") as receiver:
            hand_in(receiver.port, security=security, ca_file=trusted)

            assert receiver.received[0].over_tls

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_an_unknown_certificate_gets_nothing(self, tmp_path: Path, security: str) -> None:
        """Neither message nor password leaves."""
        _, context = make_certificate(tmp_path)
        with SmtpReceiver(tls=context, implicit_tls=security == "tls") as receiver:
            with pytest.raises(Unavailable) as caught:
                hand_in(receiver.port, security=security)

            assert "is not trusted" in str(caught.value)
            assert [] == receiver.received

    def test_a_relay_that_hides_starttls_gets_nothing(self, receiver: SmtpReceiver) -> None:
        """A stripped STARTTLS is an attack or a misconfiguration, never a reason to go on in the clear."""
        with pytest.raises(Unavailable) as caught:
            hand_in(receiver.port, security="starttls")

        assert "does not offer STARTTLS" in str(caught.value)
        assert [] == receiver.received

    def test_a_missing_file_of_certificates_is_named(self, tmp_path: Path, receiver: SmtpReceiver) -> None:
        """The line says which file."""
        with pytest.raises(Unavailable) as caught:
            hand_in(receiver.port, security="tls", ca_file=tmp_path / "none.pem")

        assert f"ca_file {tmp_path / 'none.pem'} cannot be used" in str(caught.value)


class TestAddressesBeyondAscii:
    """SMTPUTF8 (RFC 6531) where an address needs it."""

    def test_they_go_out_as_utf8(self, receiver: SmtpReceiver) -> None:
        """The relay offers SMTPUTF8."""
        hand_in(receiver.port, to="klientin-ä@example.org")

        assert ("klientin-ä@example.org",) == receiver.received[0].recipients
        assert ("SMTPUTF8",) == receiver.received[0].mail_options

    def test_a_relay_without_it_is_told_nothing(self) -> None:
        """One sentence says what is missing."""
        with SmtpReceiver(smtputf8=False) as receiver, pytest.raises(Refused) as caught:
            hand_in(receiver.port, to="klientin-ä@example.org")

        assert "no SMTPUTF8" in str(caught.value)


@pytest.mark.parametrize("to", ["a@example.org> SIZE=1", "a@example.org\r\nRCPT TO:<b@example.org", "nobody"])
def test_an_address_can_carry_no_command(receiver: SmtpReceiver, to: str) -> None:
    """Nothing is even connected."""
    with pytest.raises(Refused):
        hand_in(receiver.port, to=to)

    assert 0 == receiver.connections


@pytest.mark.parametrize(
    "settings, sentence",
    [
        # Beyond this machine the clear is forbidden.
        ({"host": "mail.example.com", "security": "none"}, "only for a host on this machine"),
        ({"host": "10.0.0.1", "security": "none"}, "only for a host on this machine"),
        # A forgotten line.
        ({"host": "mail.example.com", "username": "x"}, "belong together"),
        ({"host": "mail.example.com", "password_secret": "x"}, "belong together"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, object], sentence: str) -> None:
    """Each with a sentence that says what is allowed."""
    with pytest.raises(ValidationError) as caught:
        SmtpSettings.model_validate(settings)

    assert sentence in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST."])
def test_this_machine_may_be_talked_to_in_the_clear(host: str) -> None:
    """Loopback in every spelling."""
    assert "none" == SmtpSettings(host=host, security="none").security


def test_a_reply_that_breaks_off_in_the_middle_is_unknown() -> None:
    """Half a multi-line reply to the final dot (RFC 5321, section 4.2.1) confirms nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=_break_off_in_the_reply, args=(listening,))
        server.start()

        with pytest.raises(OutcomeUnknown):
            hand_in(listening.getsockname()[1])

        server.join()


def _break_off_in_the_reply(listening: socket.socket) -> None:
    """Speak SMTP up to the first line of a two-line confirmation."""
    connection, _ = listening.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 odd.example\r\n")
        for reply in (b"250 odd.example\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            lines.readline()
            connection.sendall(reply)
        while lines.readline() != b".\r\n":
            pass
        connection.sendall(b"250-kept\r\n")
