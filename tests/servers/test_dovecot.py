"""Dovecot as the tests run it: what other tests take for granted of it."""

import imaplib
import smtplib

import pytest

from servers.dovecot import Dovecot

MESSAGE = (
    b"From: client@example.org\r\nTo: therapist@example.com\r\nMessage-ID: <1@example.org>\r\n\r\nHello.\r\n"
)


def test_a_message_comes_in_by_lmtp_with_its_envelope(dovecot: Dovecot) -> None:
    """Whom it was for and who sent it stand on top, also with a plus-address."""
    user = dovecot.add_user()

    dovecot.deliver(user, MESSAGE, to=user.name.replace("@", "+portal@"))

    with dovecot.signed_in(user) as client:
        client.select("INBOX", readonly=True)
        header = str(client.fetch("1", "(BODY.PEEK[HEADER])")[1][0])
    assert r"Return-Path: <client@example.org>\r\n" in header
    assert f"Delivered-To: {user.name.replace('@', '+portal@')}\\r\\n" in header


def test_what_lies_in_a_folder_is_read_without_a_change(dovecot: Dovecot) -> None:
    """Flags and all."""
    user = dovecot.add_user()
    dovecot.file(user, "Sent", MESSAGE, flags=r"\Seen $Label")

    first, second = dovecot.stored(user, "Sent"), dovecot.stored(user, "Sent")

    assert first == second
    assert [("$Label", r"\Seen", "<1@example.org>")] == [
        (*(flag for flag in one.flags if flag != r"\Recent"), one.message_id) for one in first
    ]


def test_a_token_signs_in_until_it_is_over(dovecot: Dovecot) -> None:
    """XOAUTH2 is checked by the server itself."""
    user = dovecot.add_user()

    def sign_in(lives_for: float) -> str:
        client = imaplib.IMAP4("127.0.0.1", dovecot.ports["imap"])
        answer = (
            f"user={user.name}\x01auth=Bearer {dovecot.token(user, lives_for=lives_for)}\x01\x01".encode()
        )
        try:
            return client.authenticate("XOAUTH2", lambda challenge: b"" if challenge else answer)[0]
        finally:
            client.logout()

    assert "OK" == sign_in(60)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        sign_in(-100)


def test_uidvalidity_changes_and_rights_are_taken(dovecot: Dovecot) -> None:
    """As after a restore, and in a folder that somebody else shares."""
    user = dovecot.add_user()
    dovecot.deliver(user, MESSAGE)
    with dovecot.signed_in(user) as client:
        before = client.status("INBOX", "(UIDVALIDITY)")[1]

    dovecot.change_uidvalidity(user)
    dovecot.allow_only(user, "INBOX", "lri")

    with dovecot.signed_in(user) as client:
        assert before != client.status("INBOX", "(UIDVALIDITY)")[1]
        client.select("INBOX")
        assert [b"()"] == client.response("PERMANENTFLAGS")[1]


def test_a_user_may_have_settings_of_their_own() -> None:
    """And a server that is stopped is away until it starts again, on the same ports."""
    with Dovecot() as server:
        user = server.add_user(imap_capability="IMAP4rev1")

        server.stop()
        with pytest.raises(ConnectionRefusedError):
            smtplib.LMTP("127.0.0.1", server.ports["lmtp"], local_hostname="localhost")
        server.start()

        with server.signed_in(user) as client:
            assert b"IMAP4rev1" == client.capability()[1][-1]
