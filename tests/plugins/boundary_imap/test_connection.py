"""Signing in, waiting, and lines that break: on a real Dovecot, where needed through a proxy of ours."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boundary_imap.mailbox import ImapMailbox
from boundary_plugins.errors import AuthorizationNeeded, ProviderError, RateLimited, Unavailable
from boundary_plugins.testing.benches import invented_message
from boundary_plugins.testing.certificates import make_certificate
from boundary_plugins.testing.smtp_receiver import SmtpReceiver
from builders_imap import ImapBench
from servers.dovecot import Dovecot
from servers.proxy import Proxy
from servers.token_endpoint import TokenEndpoint

# In seconds: what happens at once, happens within this on a machine that is busy.
SOON = 10.0
# How many a user may have on this server.
MOST_CONNECTIONS = 8


@pytest.fixture
def proxy(bench: ImapBench) -> Iterator[Proxy]:
    """A line to the server that can be broken."""
    with Proxy(bench.dovecot.ports["imap"]) as proxy:
        yield proxy


def waiting(mailbox: ImapMailbox, seconds: float = 60.0) -> threading.Thread:
    """A wait that has begun in another thread."""
    thread = threading.Thread(target=mailbox.wait, args=(seconds,))
    thread.start()
    return thread


def until(happened: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + SOON
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_idle(mailbox: ImapMailbox) -> bool:
    """Whether it listens already."""
    connection = mailbox._link.connection
    return connection is not None and connection.idle_since is not None


class TestWaiting:
    """New mail ends a wait at once; nothing else is asked meanwhile."""

    def test_a_delivery_ends_a_wait(self, bench: ImapBench) -> None:
        """By IDLE."""
        cursor = bench.mailbox.changes(None).cursor
        wait = waiting(bench.mailbox)
        bench.deliver(invented_message(1))
        wait.join(SOON)

        assert not wait.is_alive()
        assert 1 == len(bench.mailbox.changes(cursor).received)

    def test_what_came_between_look_and_wait_ends_it(self, bench: ImapBench) -> None:
        """The server would not tell of it again."""
        cursor = bench.mailbox.changes(None).cursor
        bench.deliver(invented_message(1))

        wait = waiting(bench.mailbox)
        wait.join(SOON)

        assert not wait.is_alive()
        assert 1 == len(bench.mailbox.changes(cursor).received)

    def test_a_time_mark_ends_a_wait(self, bench: ImapBench) -> None:
        """Flags are told, too."""
        bench.deliver(invented_message(1))
        cursor = bench.mailbox.changes(None).cursor
        wait = waiting(bench.mailbox)
        with bench.dovecot.signed_in(bench.user) as client:
            client.select("INBOX")
            client.store("1", "+FLAGS", "(Boundary-5-min)")
        wait.join(SOON)

        assert not wait.is_alive()
        assert [5] == [mark.minutes for mark in bench.mailbox.changes(cursor).time_marks]

    def test_one_idle_goes_on_over_several_waits(self, bench: ImapBench, proxy: Proxy) -> None:
        """Nothing is said on the line, and mail is still noticed."""
        mailbox = bench.opened(port=proxy.port)
        cursor = mailbox.changes(None).cursor
        mailbox.wait(0.05)
        before = proxy.from_server

        for _ in range(5):
            mailbox.wait(0.02)
        silent = proxy.from_server == before
        wait = waiting(mailbox)
        bench.deliver(invented_message(1))
        wait.join(SOON)

        assert silent
        assert not wait.is_alive()
        assert 1 == len(mailbox.changes(cursor).received)

    def test_what_arrives_together_with_the_beginning_of_an_idle_ends_it(
        self, bench: ImapBench, proxy: Proxy
    ) -> None:
        """It is read already, and the socket is silent."""
        proxy.together = (b"+ idling", b"EXISTS")
        mailbox = bench.opened(port=proxy.port)
        cursor = mailbox.changes(None).cursor
        wait = waiting(mailbox)
        bench.deliver(invented_message(1))
        wait.join(SOON)

        assert not wait.is_alive()
        assert 1 == len(mailbox.changes(cursor).received)

    def test_a_server_that_refuses_to_tell_is_looked_at_as_often_as_any_other(
        self, bench: ImapBench, proxy: Proxy
    ) -> None:
        """It offers IDLE and takes none; the whole wait is kept, and it is not asked again."""
        mailbox = bench.opened(port=proxy.port)
        mailbox.changes(None)
        assert mailbox._link.connection is not None
        imap = mailbox._link.connection._client._imap
        # The next command opens the folder, the one after it is the IDLE.
        refusal = imap.tagpre + str(imap.tagnum + 1).encode() + b" NO not now"
        proxy.rewrite = (b"+ idling", refusal)
        took = []

        for _ in range(2):
            started = time.monotonic()
            mailbox.wait(0.3)
            took.append(time.monotonic() - started)

        assert all(seconds >= 0.3 for seconds in took)
        assert imap.tagnum == int(refusal.split()[0].removeprefix(imap.tagpre)) + 1

    def test_a_server_that_tells_no_next_uid_is_not_asked_in_a_circle(
        self, bench: ImapBench, proxy: Proxy
    ) -> None:
        """It is an option (RFC 3501, section 6.3.1); what comes is still named, and once."""
        proxy.rewrite = (b"UIDNEXT", b"XIDNEXT")
        bench.deliver(invented_message(1))
        mailbox = bench.opened(port=proxy.port)
        first = mailbox.changes(None)
        second = mailbox.changes(first.cursor)
        started = time.monotonic()

        mailbox.wait(0.3)

        assert time.monotonic() - started >= 0.3
        assert ([1, 0], False) == ([len(each.received) for each in (first, second)], second.gap)
        bench.deliver(invented_message(2))
        assert 1 == len(mailbox.changes(second.cursor).received)

    def test_an_idle_is_renewed_before_the_server_ends_it(self, bench: ImapBench, proxy: Proxy) -> None:
        """RFC 2177: at least every 29 minutes; here every third of a second."""
        mailbox = bench.opened(port=proxy.port, idle_minutes=0.005)
        cursor = mailbox.changes(None).cursor
        mailbox.wait(0.05)
        before = proxy.from_server

        mailbox.wait(0.8)

        renewed = proxy.from_server > before
        bench.deliver(invented_message(1))
        wait = waiting(mailbox)
        wait.join(SOON)
        assert renewed
        assert not wait.is_alive()
        assert 1 == len(mailbox.changes(cursor).received)

    @pytest.mark.parametrize("how", ["the server has none", "switched off"])
    def test_without_idle_a_wait_lasts_its_seconds(self, bench: ImapBench, how: str) -> None:
        """The daemon polls; a wake still ends it."""
        dovecot, user = bench.dovecot, bench.user
        if how == "the server has none":
            user = dovecot.add_user(imap_capability="IMAP4rev1")
        other = bench.beside(user)
        mailbox = other.opened(idle=how != "switched off")
        cursor = mailbox.changes(None).cursor
        dovecot.deliver(user, invented_message(1))

        mailbox.wait(0.05)
        wait = waiting(mailbox)
        mailbox.wake()
        wait.join(SOON)

        assert not wait.is_alive()
        assert 1 == len(mailbox.changes(cursor).received)

    def test_a_wake_ends_an_idle(self, bench: ImapBench) -> None:
        """From another thread, in the middle of it."""
        bench.mailbox.changes(None)
        wait = waiting(bench.mailbox)
        until(lambda: is_idle(bench.mailbox))

        bench.mailbox.wake()
        wait.join(SOON)

        assert not wait.is_alive()


class TestLinesThatBreak:
    """A lost connection is made again; nothing is lost with it."""

    def test_dropped_in_idle(self, bench: ImapBench) -> None:
        """A wait ends, and the next look is on a fresh connection."""
        cursor = bench.mailbox.changes(None).cursor
        wait = waiting(bench.mailbox)
        until(lambda: is_idle(bench.mailbox))
        bench.dovecot.drop_connections(bench.user)
        wait.join(SOON)
        bench.deliver(invented_message(1))

        assert not wait.is_alive()
        assert 1 == len(bench.mailbox.changes(cursor).received)

    def test_dropped_between_look_and_fetch(self, bench: ImapBench, proxy: Proxy) -> None:
        """Nobody notices."""
        bench.deliver(invented_message(1))
        mailbox = bench.opened(port=proxy.port)
        (provider_id,) = mailbox.changes(None).received
        proxy.drop()

        assert provider_id == mailbox.fetch(provider_id).provider_id

    def test_cut_in_the_middle_of_a_fetch(self, bench: ImapBench, proxy: Proxy) -> None:
        """It is tried once more, told if that fails, and works when the line does."""
        bench.deliver(b"X-Filler: 0123456789\r\n" * 500 + invented_message(1))
        mailbox = bench.opened(port=proxy.port)
        (provider_id,) = mailbox.changes(None).received
        proxy.cut_after = 3000
        proxy.drop()

        with pytest.raises(Unavailable):
            mailbox.fetch(provider_id)
        proxy.cut_after = None
        until(lambda: _works(lambda: mailbox.fetch(provider_id)))

        assert ("<1@example.org>",) == _ids(mailbox, provider_id)

    def test_a_line_that_is_dead_without_a_word(self, bench: ImapBench, proxy: Proxy) -> None:
        """Told within the timeout, and not waited for again and again."""
        mailbox = bench.opened(port=proxy.port, timeout=0.3)
        cursor = mailbox.changes(None).cursor
        mailbox.wait(0.05)
        proxy.stall()
        started = time.monotonic()

        with pytest.raises(Unavailable) as caught:
            mailbox.changes(cursor)

        assert time.monotonic() - started < 5
        assert "mailbox main: no connection to the server (no answer in time)" == str(caught.value)
        proxy.flow()
        bench.deliver(invented_message(1))
        until(lambda: _works(lambda: mailbox.changes(cursor)))
        assert 1 == len(mailbox.changes(cursor).received)

    def test_a_server_that_restarts(self, tmp_path: Path) -> None:
        """Away it is asked with patience; back again nothing was lost, and nothing is a gap."""
        with Dovecot() as server, SmtpReceiver() as receiver, Proxy(server.ports["imap"]) as proxy:
            bench = ImapBench(server, receiver, tmp_path)
            mailbox = bench.opened(port=proxy.port)
            cursor = mailbox.changes(None).cursor
            wait = waiting(mailbox)
            until(lambda: is_idle(mailbox))
            server.kill()
            wait.join(SOON)
            for _ in range(50):
                with pytest.raises(Unavailable):
                    mailbox.changes(cursor)
            tried = proxy.connections
            server.start()
            bench.deliver(invented_message(1))
            until(lambda: _works(lambda: mailbox.changes(cursor)))

            changes = mailbox.changes(cursor)

            bench.close()
        assert not wait.is_alive()
        assert tried < 5
        assert (changes.gap, len(changes.received)) == (False, 1)

    def test_a_wait_without_a_connection_lasts_until_one_may_be_tried(self, bench: ImapBench) -> None:
        """So that a daemon does not ask in a circle."""
        mailbox = bench.opened(port=1)
        with pytest.raises(Unavailable) as caught:
            mailbox.changes(None)
        started = time.monotonic()

        mailbox.wait(60)

        assert 0.5 < time.monotonic() - started < 5
        assert "mailbox main: no connection to the server (refused)" == str(caught.value)


class TestSigningIn:
    """Privately, and with patience where it is refused."""

    def test_a_wrong_password_is_told_and_not_tried_again_soon(self, bench: ImapBench, proxy: Proxy) -> None:
        """Providers lock accounts that are asked in vain."""
        mailbox = bench.opened(port=proxy.port, password_secret="wrong")

        for _ in range(20):
            with pytest.raises(AuthorizationNeeded) as caught:
                mailbox.changes(None)

        assert str(caught.value).startswith("mailbox main: the server refused the sign-in")
        assert 1 == proxy.connections

    @pytest.mark.parametrize(
        "said, instead, expected",
        [
            # Many servers give no code.
            (b"[AUTHENTICATIONFAILED] ", b"", AuthorizationNeeded),
            (b"[AUTHENTICATIONFAILED] ", b"[UNAVAILABLE] ", Unavailable),
            (b"[AUTHENTICATIONFAILED] ", b"[LIMIT] ", RateLimited),
            (b"[AUTHENTICATIONFAILED] ", b"[ALERT] Too many simultaneous connections. ", RateLimited),
            (b"* OK [CAPABILITY", b"* BYE [UNAVAILABLE] we are closed [", Unavailable),
            (b"* OK [CAPABILITY", b"220 this is no IMAP", Unavailable),
        ],
    )
    def test_what_a_server_says_to_a_sign_in_is_told_apart(
        self,
        bench: ImapBench,
        proxy: Proxy,
        said: bytes,
        instead: bytes,
        expected: type[ProviderError],
    ) -> None:
        """What passes by itself is no wrong password (RFC 5530)."""
        proxy.rewrite = (said, instead)

        with pytest.raises(ProviderError) as caught:
            bench.opened(port=proxy.port, password_secret="wrong").changes(None)

        assert expected is type(caught.value) or (
            expected is Unavailable and isinstance(caught.value, Unavailable)
        )
        assert (caught.value.retry_at is not None) == (instead.startswith(b"[") or b"BYE" in instead)
        assert "simultaneous" not in str(caught.value)

    def test_a_password_that_was_changed_is_tried_at_once(self, bench: ImapBench) -> None:
        """Nobody waits for an hour who has just mended it."""
        secrets = {"imap": "wrong"}
        mailbox = bench.opened(secrets=secrets)
        with pytest.raises(AuthorizationNeeded):
            mailbox.changes(None)

        secrets["imap"] = bench.user.password

        assert mailbox.changes(None).gap

    def test_a_secret_that_is_not_there_is_named(self, bench: ImapBench) -> None:
        """Before anything is asked."""
        with pytest.raises(AuthorizationNeeded) as caught:
            bench.opened(password_secret="nothing").changes(None)

        assert "mailbox main: the secret 'nothing' is not there" == str(caught.value)

    def test_a_password_beyond_ascii_signs_in(self, bench: ImapBench) -> None:
        """As RFC 4616 has it."""
        user = bench.dovecot.add_user(password="Grüße-€")
        other = bench.beside(user)

        assert other.mailbox.changes(None).gap

    def test_too_many_connections_are_no_wrong_password(self, bench: ImapBench) -> None:
        """It passes by itself."""
        with contextlib.ExitStack() as others:
            for _ in range(MOST_CONNECTIONS):
                others.enter_context(bench.dovecot.signed_in(bench.user))

            with pytest.raises((RateLimited, Unavailable)) as caught:
                bench.mailbox.changes(None)

        assert caught.value.retry_at is not None

    @pytest.mark.parametrize("security, port", [("tls", "imaps"), ("starttls", "imap")])
    def test_over_tls_with_a_certificate_that_is_trusted(
        self, bench: ImapBench, security: str, port: str
    ) -> None:
        """From the start, or by STARTTLS; a wait works there, too."""
        mailbox = bench.opened(
            security=security, port=bench.dovecot.ports[port], ca_file=str(bench.dovecot.trusted)
        )
        cursor = mailbox.changes(None).cursor
        wait = waiting(mailbox)
        bench.deliver(invented_message(1))
        wait.join(SOON)

        assert not wait.is_alive()
        assert 1 == len(mailbox.changes(cursor).received)

    @pytest.mark.parametrize("security, port", [("tls", "imaps"), ("starttls", "imap")])
    def test_a_certificate_that_nobody_trusts_is_refused(
        self, bench: ImapBench, tmp_path: Path, security: str, port: str
    ) -> None:
        """And so no password leaves this machine."""
        other, _ = make_certificate(tmp_path)
        mailbox = bench.opened(security=security, port=bench.dovecot.ports[port], ca_file=str(other))

        with pytest.raises(Unavailable) as caught:
            mailbox.changes(None)

        assert "certificate of the server is not trusted" in str(caught.value)

    def test_a_server_without_starttls_is_told_nothing(self, tmp_path: Path) -> None:
        """Nothing is said in the clear."""
        with Dovecot(tls=False) as server, SmtpReceiver() as receiver:
            bench = ImapBench(server, receiver, tmp_path)

            with pytest.raises(Unavailable) as caught:
                bench.opened(security="starttls").changes(None)

            bench.close()
            assert f"Login: user=<{bench.user.name}>" not in server.log()
        assert "does not offer STARTTLS" in str(caught.value)

    def test_a_password_that_the_server_cannot_take_is_told_as_that(
        self, bench: ImapBench, proxy: Proxy
    ) -> None:
        """Beyond ASCII only AUTH=PLAIN takes it."""
        proxy.rewrite = (b"AUTH=PLAIN", b"AUTH=OTHER")

        with pytest.raises(AuthorizationNeeded) as caught:
            bench.opened(port=proxy.port, secrets={"imap": "pässword"}).changes(None)

        assert "letters beyond ASCII" in str(caught.value)


class TestFlags:
    """Flags belong to the message that they are told of."""

    def test_a_change_that_is_told_without_a_uid_is_no_other_messages(
        self, bench: ImapBench, proxy: Proxy
    ) -> None:
        """Its number in the folder is another message's uid."""
        for number in (1, 2, 3):
            bench.deliver(invented_message(number))
        bench.dovecot.remove(bench.user, "INBOX", 1)
        proxy.rewrite = (b"* 2 FETCH (UID 3", b"* 2 FETCH (FLAGS (\\Answered))\r\n* 2 FETCH (UID 3")
        mailbox = bench.opened(port=proxy.port)
        mailbox.changes(None)

        flags = mailbox._link.use(lambda connection: connection.flags([2, 3]))

        assert {2: (), 3: ()} == {
            uid: tuple(flag for flag in given if flag != r"\Recent") for uid, given in flags.items()
        }


class TestTokens:
    """XOAUTH2, with a token that is given or kept fresh."""

    def test_an_access_token_signs_in(self, bench: ImapBench) -> None:
        """Another program keeps it fresh."""
        mailbox = bench.opened(password_secret=None, oauth={"token_secret": "token"})

        assert mailbox.changes(None).gap
        assert "method=XOAUTH2" in bench.dovecot.log()

    def test_a_refresh_token_is_turned_into_access_tokens(self, bench: ImapBench) -> None:
        """One as long as it lives, and the next one by the new refresh token."""
        with TokenEndpoint(lambda: bench.dovecot.token(bench.user), rotates=True) as endpoint:
            mailbox = bench.opened(**_oauth(endpoint), secrets={"token": "refresh-1", "app": "s3cret"})
            mailbox.changes(None)
            mailbox._link.drop()
            mailbox.changes(None)
            once = len(endpoint.asked)
            endpoint.lives_for = 60
            mailbox._link.credentials.forget_token()
            for _ in range(2):
                mailbox._link.drop()
                mailbox.changes(None)

        assert 1 == once
        assert ["refresh-1", "refresh-2", "refresh-3"] == [form["refresh_token"] for form in endpoint.asked]
        assert ("boundary", "s3cret", "mail") == tuple(
            endpoint.asked[0][field] for field in ("client_id", "client_secret", "scope")
        )

    def test_a_token_that_is_over_is_renewed(self, bench: ImapBench) -> None:
        """The server's refusal says no more than that."""
        lives_for = iter([-100.0, 60.0])
        with TokenEndpoint(lambda: bench.dovecot.token(bench.user, lives_for=next(lives_for))) as endpoint:
            mailbox = bench.opened(**_oauth(endpoint), secrets={"token": "refresh-1", "app": "s3cret"})
            with pytest.raises(AuthorizationNeeded):
                mailbox.changes(None)

            until(lambda: _works(lambda: mailbox.changes(None)))

        assert 2 == len(endpoint.asked)

    @pytest.mark.parametrize(
        "status, refresh_token, expected",
        [(200, "revoked", AuthorizationNeeded), (503, "refresh-1", Unavailable)],
    )
    def test_a_token_endpoint_that_refuses_or_is_away(
        self, bench: ImapBench, status: int, refresh_token: str, expected: type[ProviderError]
    ) -> None:
        """Somebody must sign in anew, or it is tried again."""
        with TokenEndpoint(lambda: "") as endpoint:
            endpoint.status = status
            mailbox = bench.opened(**_oauth(endpoint), secrets={"token": refresh_token, "app": "s3cret"})

            with pytest.raises(expected):
                mailbox.changes(None)


def _oauth(endpoint: TokenEndpoint) -> dict[str, object]:
    """Settings that sign in by a refresh token."""
    oauth = {
        "token_secret": "token",
        "token_endpoint": endpoint.address,
        "client_id": "boundary",
        "client_secret": "app",
        "scope": "mail",
    }
    return {"password_secret": None, "oauth": oauth}


def _works(work: Callable[[], object]) -> bool:
    """Whether the provider is back."""
    try:
        work()
    except ProviderError:
        return False
    return True


def _ids(mailbox: ImapMailbox, provider_id: str) -> object:
    """The Message-ID of a message."""
    headers = mailbox.fetch(provider_id).headers
    return headers.all("message-id") if headers else None
