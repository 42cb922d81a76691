"""Gmail: what Google is asked for a thousand messages, and the time from a message to its response.

The server is the tests' small Google on this machine, so times are the program's own, the wire's and its.
"""

import json
import logging
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build

from bench.figures import Figure
from boundary_google.mailbox import GmailMailbox
from boundary_google.pace import FASTEST, SLOWEST
from boundary_google.settings import GmailSettings
from boundary_plugins.testing.benches import invented_message, invented_response
from boundary_plugins.testing.doubles import memory_services
from servers.google import Account, GoogleServer

MESSAGES = 1_000
ANSWERED = 100
MOST_BATCHES = 50
#: A page of Gmail's history holds 500 changes at most.
MOST_LISTS = MESSAGES / 500
#: Beside the four calls a note goes to the disk, and a response over a connection of its own.
MOST_RATIO = 2.5


def gmail_figures() -> Iterator[Figure]:
    """Calls, quota units and times."""
    logging.getLogger("googleapiclient").setLevel(logging.ERROR)
    with _mailbox() as (mailbox, account, peer):
        yield from _reading(mailbox, account)
        yield from _answering(mailbox, account, peer)
    yield Figure("Gmail: new mail is noticed within, while something happens", FASTEST, "s")
    yield Figure("Gmail: new mail is noticed within, while nothing does", SLOWEST, "s")


class _Peer:
    """Google's client alone, with the same four calls and nothing of ours around them."""

    def __init__(self, google: GoogleServer, account: Account) -> None:
        """Sign in."""
        token = google.token(account, "gmail.metadata", "gmail.send")
        names = ("client_id", "client_secret", "token_uri", "refresh_token")
        make: Any = Credentials
        signed = make(None, **{name: token[name] for name in names})
        options = {"api_endpoint": google.url}
        self._users = build("gmail", "v1", credentials=signed, client_options=options).users()
        self._raw = urlsafe_b64encode(invented_response().content).decode()

    def answered(self, cursor: str, message_id: str) -> float:
        """History, one message, sending and reading back; in milliseconds."""
        started_at = perf_counter()
        self._users.history().list(userId="me", startHistoryId=cursor).execute()
        messages = self._users.messages()
        messages.get(userId="me", id=message_id, format="metadata").execute()
        sent = messages.send(userId="me", body={"raw": self._raw}).execute()
        messages.get(userId="me", id=sent["id"], format="metadata").execute()
        return (perf_counter() - started_at) * 1_000


@contextmanager
def _mailbox() -> Iterator[tuple[GmailMailbox, Account, _Peer]]:
    """An empty mailbox with the least sign-in, the account behind it, and the bare client."""
    with tempfile.TemporaryDirectory() as folder, GoogleServer() as google, google.checked() as account:
        secrets = {"google": json.dumps(google.token(account, "gmail.metadata", "gmail.send"))}
        settings = GmailSettings(api_endpoint=google.url)
        mailbox = GmailMailbox(settings, memory_services(Path(folder), secrets=secrets))
        try:
            yield mailbox, account, _Peer(google, account)
        finally:
            mailbox.close()


def _reading(mailbox: GmailMailbox, account: Account) -> Iterator[Figure]:
    """A thousand messages that came at once."""
    cursor = mailbox.changes(None).cursor
    for number in range(MESSAGES):
        account.mailbox.deliver(invented_message(number))
    account.forget_calls()
    started_at = perf_counter()
    for provider_id in mailbox.changes(cursor).received:
        mailbox.fetch(provider_id)
    seconds = perf_counter() - started_at
    lists = account.calls["gmail.users.history.list"] + account.calls["gmail.users.messages.list"]
    yield Figure("Gmail: pages of lists for 1,000 messages", lists, "", most=MOST_LISTS)
    yield Figure("Gmail: batches for 1,000 messages", account.calls["batch"], "", most=MOST_BATCHES)
    yield Figure("Gmail: quota units for 1,000 messages", account.units, "of 15,000 a minute", most=5_050)
    yield Figure("Gmail: read in batches", MESSAGES / seconds, "messages/s")


def _answering(mailbox: GmailMailbox, account: Account, peer: _Peer) -> Iterator[Figure]:
    """One message after the other: looked for, read and answered; in turn with the bare client doing as much."""
    own, bare = [], []
    cursor = mailbox.changes(None).cursor
    units = 0
    for number in range(ANSWERED):
        account.mailbox.deliver(invented_message(MESSAGES + number))
        account.forget_calls()
        started_at = perf_counter()
        changes = mailbox.changes(cursor)
        mailbox.fetch(changes.received[0])
        mailbox.send(invented_response(f"r-{number}"))
        own.append((perf_counter() - started_at) * 1_000)
        units += account.units
        bare.append(peer.answered(cursor, changes.received[0]))
        cursor = mailbox.changes(changes.cursor).cursor
    ratio = sum(own) / sum(bare)
    yield Figure(
        "Gmail: looked, read, noted, sent and read back / the bare client", ratio, "x", most=MOST_RATIO
    )
    yield Figure("Gmail: the same, median", sorted(own)[len(own) // 2], "ms")
    yield Figure("Gmail: the same, 99 of 100 within", sorted(own)[int(len(own) * 0.99)], "ms")
    yield Figure("Gmail: quota units for a message and its response", units / ANSWERED, "")
