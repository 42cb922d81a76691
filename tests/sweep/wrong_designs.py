"""The two wrong designs, as tiny programs over the same store and the same SMTP: the sweep must find them out."""

import os
import queue
import signal
import sys
import tomllib
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from pathlib import Path

from boundary_plugins.config.load import load
from boundary_plugins.core.address import canonical
from boundary_plugins.daemon.opening import open_store_of
from boundary_plugins.smtp_submission import SmtpSettings, submit
from boundary_plugins.store.charge_records import ChargeRecord, ChargeState
from boundary_plugins.store.repository import Store

SEND_THEN_RECORD, RECORD_THEN_SEND = "send, then record", "record, then send"
POST_THEN_RECORD, RECORD_THEN_POST = "post, then record", "record, then post"


def main() -> None:
    """`NAME OF THE DESIGN --config FILE [--once]`: answer each client's first message, until SIGTERM."""
    design, _, path, *more = sys.argv
    if design in (POST_THEN_RECORD, RECORD_THEN_POST):
        bill(design, Path(path))
        return
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()
    signal.signal(signal.SIGTERM, lambda number, _: asked.put(number))
    config = load(Path(path))
    maildir = Path(path).parent / "Maildir" / "new"
    smtp = SmtpSettings.model_validate(tomllib.loads(Path(path).read_text("utf-8"))["mailboxes"][0]["smtp"])
    with open_store_of(config) as store:
        say("ready")
        while True:
            for name in store.unseen("main", sorted(file.name for file in maildir.iterdir())):
                handle(design, store, smtp, maildir / name)
            if more or is_asked(asked):
                break


def bill(design: str, path: Path) -> None:
    """Post each charge that is not posted yet, and remember it, in the order of the design."""
    with open_store_of(load(path)) as store:
        for charge in store.charges(states=(ChargeState.PROPOSED,)):
            if design == POST_THEN_RECORD:
                post(path.parent / "books.txt", charge.key)
                remember(store, charge)
            else:
                remember(store, charge)
                post(path.parent / "books.txt", charge.key)
            say("charge posted")


def post(books: Path, key: str) -> None:
    """Write a line into the books."""
    descriptor = os.open(books, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{key}\n".encode("ascii"))
    os.fsync(descriptor)
    os.close(descriptor)


def remember(store: Store, charge: ChargeRecord) -> None:
    """Remember that a charge was posted."""
    at = datetime.now(UTC)
    with store.transaction(at) as transaction:
        transaction.move_charge(charge, ChargeState.POSTED, at)


def is_asked(asked: queue.SimpleQueue[int]) -> bool:
    """Whether it was asked to stop, within a moment."""
    try:
        asked.get(timeout=0.3)
    except queue.Empty:
        return False
    return True


def handle(design: str, store: Store, smtp: SmtpSettings, message: Path) -> None:
    """Answer one message, and remember it, in the order of the design."""
    sender = BytesHeaderParser().parsebytes(message.read_bytes())["From"]
    client = store.directory().client_at(canonical(sender))
    is_first = client is not None and sender == client.addresses[0]
    if design == SEND_THEN_RECORD:
        if is_first:
            answer(smtp, sender)
        record(store, message.name)
    else:
        record(store, message.name)
        if is_first:
            answer(smtp, sender)
    say("message judged")


def answer(smtp: SmtpSettings, to: str) -> None:
    """Send a response."""
    own, content = "therapist@example.com", b"Auto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    submit(smtp, None, sender_header_address=own, reverse_path="", to=to, content=content)
    say("response sent")


def record(store: Store, name: str) -> None:
    """Remember that a message was handled."""
    at = datetime.now(UTC)
    with store.transaction(at) as transaction:
        transaction.mark_history("main", [name], at)


def say(line: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
