"""A mailbox on a real IMAP server: from arrival to response, the first look at many messages, and doing nothing."""

import os
import re
import sys
from collections.abc import Iterator
from imaplib import IMAP4
from statistics import median
from time import perf_counter, sleep

from bench.archives import OUT
from bench.explaining import measured
from bench.figures import Figure
from bench.imap_practice import make_practice, processor_seconds, served, until
from boundary_plugins.testing.benches import invented_message
from boundary_plugins.testing.smtp_receiver import SmtpReceiver
from servers.dovecot import Dovecot, User, is_installed

#: Below the cap of responses in an hour, each to somebody else.
ARRIVALS = 21
MANY = 50_000
IDLE_SECONDS = 20.0
MOST_SECONDS, MOST_MEGABYTES, MOST_SHARE = 1.0, 150.0, 0.1

_FIRST_LOOK = """
import sys
from pathlib import Path
from boundary_imap.mailbox import ImapMailbox
from boundary_imap.settings import ImapSettings
from boundary_plugins.testing.doubles import memory_services

settings = ImapSettings(host="127.0.0.1", port=int(sys.argv[1]), security="none", username=sys.argv[2],
    password_secret="imap", timeout=60)
mailbox = ImapMailbox(settings, memory_services(Path(sys.argv[3]), secrets={"imap": "secret"}))
print(len(mailbox.changes(None).received))
mailbox.close()
"""


def imap_figures() -> Iterator[Figure]:
    """Every figure about IMAP; none where Dovecot is not on this machine."""
    if not is_installed():
        sys.stderr.write("Without Dovecot there are no figures about IMAP.\n")
        return
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with Dovecot() as server:
        yield from _answering_figures(server)
        yield from _first_look_figures(server)


def _answering_figures(server: Dovecot) -> Iterator[Figure]:
    """From the first word of a delivery to the response, and what the server itself takes to tell of it."""
    clients = [f"client@c{number}.example.org" for number in range(ARRIVALS)]
    user = server.add_user()
    with SmtpReceiver() as receiver:
        config = make_practice(OUT / "imap", server, user, receiver.port, clients)
        with served(config) as pid:
            idle = _idle_share(pid)
            told, answered = [], []
            for number, client in enumerate(clients):
                told.append(_told_after(server, number))
                answered.append(_answered_after(server, user, receiver, number, client))
    yield Figure("IMAP, arrival to response, median", median(answered), "s", most=MOST_SECONDS)
    yield Figure("IMAP, arrival to response, worst", max(answered), "s")
    yield Figure("of it the server's own, arrival to IDLE, median", median(told), "s")
    yield Figure(f"IMAP, processor while nothing comes, {IDLE_SECONDS:.0f} s", idle, "%", most=MOST_SHARE)


#: So many seconds at most the daemon may take to come to rest after its start.
_SETTLING = 15


def _idle_share(pid: int) -> float:
    """How much of a processor the daemon uses while nothing comes, in percent; what its start costs is over."""
    before = -1.0
    for _ in range(_SETTLING):
        if before == (before := processor_seconds(pid)):
            break
        sleep(1.0)
    sleep(IDLE_SECONDS)
    return (processor_seconds(pid) - before) / IDLE_SECONDS * 100


def _answered_after(server: Dovecot, user: User, receiver: SmtpReceiver, number: int, client: str) -> float:
    """Seconds from the beginning of a delivery until the host has the response."""
    began = perf_counter()
    server.deliver(user, _message(number, client), sender=client)
    if not receiver.wait_for(number + 1):
        raise RuntimeError(f"no response to message {number}")
    return perf_counter() - began


def _told_after(server: Dovecot, number: int) -> float:
    """Seconds from the beginning of a delivery until the server tells of it in an IDLE that does nothing else."""
    watcher = server.add_user()
    with server.signed_in(watcher) as client:
        client.select("INBOX", readonly=True)
        client.send(b"X1 IDLE\r\n")
        client.readline()
        began = perf_counter()
        server.deliver(watcher, _message(number, "client@example.org"))
        while b"EXISTS" not in client.readline():
            pass
        took = perf_counter() - began
        _end_idle(client)
    return took


def _end_idle(client: IMAP4) -> None:
    """Let the client be used again."""
    client.send(b"DONE\r\n")
    while not client.readline().startswith(b"X1 "):
        pass


def _message(number: int, client: str) -> bytes:
    """A message of a client, dated by the server that takes it."""
    return re.sub(rb"Date: .*\r\n", b"", invented_message(number, client))


def _first_look_figures(server: Dovecot) -> Iterator[Figure]:
    """The memory and the time of a first look at many messages, and how much of a body it read."""
    user = server.add_user(mail="mbox:~/mail:INBOX=~/inbox")
    with (user.home / "inbox").open("wb") as file:
        for number in range(MANY):
            file.write(b"From client@example.org Mon Mar  2 20:00:00 2026\n")
            file.write(invented_message(number).replace(b"\r\n", b"\n") + b"\n")
    (user.home / "inbox").chmod(0o666)
    user.home.chmod(0o777)
    server.doveadm("mailbox", "status", "-u", user.name, "messages", "INBOX")
    command = [sys.executable, "-c", _FIRST_LOOK, str(server.ports["imap"]), user.name, str(OUT / "imap")]
    began = perf_counter()
    run = measured(command, OUT / "first-look")
    took = perf_counter() - began
    if (OUT / "first-look").read_text().strip() != str(MANY):
        raise RuntimeError("the first look did not name every message")
    name = f"IMAP, first look at {MANY:,} messages"
    yield Figure(f"{name}, peak memory", run.megabytes, "MB", most=MOST_MEGABYTES)
    yield Figure(f"{name}, octets of headers and bodies read", _octets_read(server, user), "", most=1.0)
    yield Figure(f"{name}, start included", took, "s")


def _octets_read(server: Dovecot, user: User) -> float:
    """How much of the messages the sessions of a user read, as the server counts."""
    counts: list[int] = []

    def counted() -> bool:
        lines = [line for line in server.log().splitlines() if user.name in line and "hdr_bytes" in line]
        counts[:] = [int(n) for line in lines for n in re.findall(r"(?:hdr|body)_bytes=(\d+)", line)]
        return bool(counts)

    until(counted)
    return float(sum(counts))
