"""`boundary demo`: the whole program at work on invented mail, with nothing but this machine."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import tomlkit

from boundary_plugins.cli.context import now
from boundary_plugins.cli.demo_billing import agree_to_fees, show_billing
from boundary_plugins.cli.demo_messages import CLIENTS, MESSAGES, DemoMessage, therapists_own, written
from boundary_plugins.cli.output import local_text, print_table
from boundary_plugins.config.load import load
from boundary_plugins.config.schema import Config
from boundary_plugins.core.address import canonical
from boundary_plugins.core.client import AutoReply, Client
from boundary_plugins.daemon.opening import open_store_of
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.records import IntentRecord, IntentState, MessageRecord
from boundary_plugins.store.repository import Store

_MARK = ".made-by-boundary-demo"
_SECONDS = 15.0
_OPENED_BEFORE, _CLOSED_BEFORE = timedelta(hours=10), timedelta(hours=4)


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-out"),
    show_default=True,
    help="Where it makes its files; a folder of an earlier demo is made anew.",
)
def demo(folder: Path) -> int:
    """See the whole program at work, on invented mail.

    It needs no account, no network beyond this machine and no administrator.
    """
    # The demo's secret stays in its folder, and out of the keyring of whoever tries it.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    folder = _emptied(folder.absolute())
    with _receiver(folder / "responses") as port:
        started_at = now()
        config = _configured(folder, port, started_at)
        _make_mail_and_calendar(folder, started_at)
        with open_store_of(config) as store:
            _prepare(config, store)
            with _daemon(folder, config):
                _wait_until(lambda: store.cursor("main") is not None, "the daemon did not start", folder)
                _deliver_all(folder, started_at)
                _wait_until(lambda: _is_done(store), "the daemon did not finish", folder)
            _show(folder, config, store, started_at)
    return 0


def _emptied(folder: Path) -> Path:
    """The folder, empty and marked as ours. Raises UsageProblem where it holds something else."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise UsageProblem(f"{folder} is not empty, and no demo made it; allowed: another --folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    return folder


@contextmanager
def _receiver(folder: Path) -> Iterator[int]:
    """An SMTP host on this machine that keeps what it gets in a folder; its port."""
    try:
        from boundary_plugins.testing.smtp_receiver import SmtpReceiver
    except ModuleNotFoundError:
        raise UsageProblem(
            "the demo needs its SMTP receiver: pip install --constraint constraints.txt '.[demo]' (`make demo` does it)"
        ) from None
    folder.mkdir()
    with SmtpReceiver(folder) as receiver:
        yield receiver.port


def _configured(folder: Path, port: int, at: datetime) -> Config:
    """The shipped configuration, copied, with hours around the present moment and the receiver's port."""
    document = tomlkit.parse(_shipped_configuration())
    zone = ZoneInfo(str(document["practice"]["zone"]))
    opens, closes = (
        (at - before).astimezone(zone).strftime("%H:%M") for before in (_OPENED_BEFORE, _CLOSED_BEFORE)
    )
    document["hours"]["weekly"] = f"mon-sun {opens}-{closes}"
    document["mailboxes"][0]["smtp"]["port"] = port
    path = folder / "config.toml"
    path.write_text(tomlkit.dumps(document), "utf-8")
    return load(path)


def _shipped_configuration() -> str:
    """config/demo.toml: inside an installed program, or beside its sources."""
    installed = files("boundary_plugins").joinpath("data", "demo.toml")
    if installed.is_file():
        return installed.read_text("utf-8")
    return (Path(__file__).parents[3] / "config" / "demo.toml").read_text("utf-8")


def _make_mail_and_calendar(folder: Path, at: datetime) -> None:
    """An empty Maildir, what the therapist wrote an hour ago, and a calendar with one session tomorrow."""
    for maildir in (folder / "Maildir", folder / "Maildir" / ".Sent"):
        for name in ("cur", "new", "tmp"):
            (maildir / name).mkdir(parents=True)
    (folder / "Maildir" / ".Sent" / "cur" / f"{int(at.timestamp())}.own.example:2,S").write_bytes(
        therapists_own(at)
    )
    starts_at = (at + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    ends_at = starts_at + timedelta(minutes=50)
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.com//demo//EN"),
        *("BEGIN:VEVENT", "UID:session-1@example.com", f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}"),
        *(f"DTSTART:{starts_at:%Y%m%dT%H%M%SZ}", f"DTEND:{ends_at:%Y%m%dT%H%M%SZ}", "SUMMARY:Session"),
        *("END:VEVENT", "END:VCALENDAR", ""),
    ]
    (folder / "calendar.ics").write_bytes("\r\n".join(lines).encode())


def _prepare(config: Config, store: Store) -> None:
    """Put the clients on file and arm the sending."""
    at = now()
    with store.transaction(at, check_clock=False) as transaction:
        for client in CLIENTS:
            on_file = Client(
                client.id, client.addresses, zone=client.zone, auto_reply=AutoReply(client.auto_reply)
            )
            transaction.add_client(on_file, [canonical(address) for address in client.addresses], at)
        agree_to_fees(transaction, config, at)
        transaction.arm(at.replace(microsecond=0))
    addresses = sum(len(client.addresses) for client in CLIENTS)
    click.echo(f"{len(CLIENTS)} invented clients with {addresses} addresses are on file; sending is armed.")
    click.echo(f"Contact hours: {config.hours.weekly} ({config.practice.zone}), so they are closed now.")


@contextmanager
def _daemon(folder: Path, config: Config) -> Iterator[None]:
    """The real daemon, as a process of its own, told to stop at the end."""
    command = [sys.executable, "-c", "from boundary_plugins.cli import main; main()"]
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--config", str(config.path), "run"], stdin=subprocess.DEVNULL, stderr=log
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_SECONDS)


def _deliver_all(folder: Path, at: datetime) -> None:
    """Deliver the messages one after the other, as a mail server does: to tmp, then renamed to new."""
    click.echo(f"A dozen messages arrive in {folder / 'Maildir'} ...")
    for number, message in enumerate(MESSAGES, start=1):
        _deliver(folder / "Maildir", message, number, _unique_name(at, number))


def _deliver(maildir: Path, message: DemoMessage, number: int, name: str) -> None:
    """Deliver one message."""
    (maildir / "tmp" / name).write_bytes(written(message, number, now()))
    (maildir / "tmp" / name).rename(maildir / "new" / name)


def _unique_name(at: datetime, number: int) -> str:
    """The name of a message's file, which is its id in the mailbox; it begins with the time, as is usual."""
    return f"{int(at.timestamp())}.{number:02}.demo.example"


def _wait_until(happened: Callable[[], bool], else_say: str, folder: Path) -> None:
    """Wait until something is so. Raises UsageProblem naming the log where it does not come."""
    deadline = time.monotonic() + _SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise UsageProblem(f"{else_say} within {_SECONDS:g} seconds; see {folder / 'daemon.log'}")
        time.sleep(0.05)


def _is_done(store: Store) -> bool:
    """Whether every message is judged and every response is settled."""
    open_states = (IntentState.INTENDED, IntentState.ATTEMPTING)
    return len(store.messages()) >= len(MESSAGES) and not store.intents(states=open_states)


def _show(folder: Path, config: Config, store: Store, at: datetime) -> None:
    """The table, and the names of what was made."""
    records = {record.provider_id: record for record in store.messages()}
    intents = {intent.provider_id: intent for intent in store.intents()}
    names = [_unique_name(at, number) for number in range(1, len(MESSAGES) + 1)]
    rows = [
        _row(message, records[name], intents.get(name)) for message, name in zip(MESSAGES, names, strict=True)
    ]
    click.echo("")
    print_table(("Message", "Decision", "Reason", "Because"), rows)
    click.echo("")
    for notice in store.notices():
        click.echo(f"Told the therapist: {notice.text}")
    click.echo("")
    responses = sorted((folder / "responses").glob("*.eml"))
    click.echo(f"Responses, as they were received over SMTP ({len(responses)}):")
    for response in responses:
        click.echo(f"  {response}")
    click.echo(f"Availability, for clients' calendars:  {folder / 'availability.ics'}")
    click.echo(f"Availability, as a page for a website: {folder / 'availability.html'}")
    click.echo(f"Contacts ({store.counts(now() - timedelta(days=1)).contacts}):")
    for contact in reversed(store.contacts()):
        when = local_text(contact.contact.arrived_at, config.practice.zone)
        place = "outside contact hours" if contact.contact.out_of_boundary else "in contact hours"
        client = contact.contact.client_id or "not known"
        click.echo(f"  {contact.number:>2}  {when}  client {client}  {contact.contact.topic}, {place}")
    show_billing(config, store)
    click.echo("")
    program = _program()
    click.echo(f"Look around: {program} --config {_short(config.path or Path())} status")
    click.echo(f"             {program} --config {_short(config.path or Path())} why 1")


def _row(message: DemoMessage, record: MessageRecord, intent: IntentRecord | None) -> tuple[str, ...]:
    """A row of the table: message, decision, reason."""
    decision = "no response"
    if intent is not None:
        decision = f"{intent.state.value}: {intent.facts.wording.value}"
    because = next(
        (reason.because for reason in record.reasons if reason.rule == record.reason),
        "a client wrote outside contact hours",
    )
    return (message.name, decision, record.reason, because)


def _program() -> str:
    """The program as it can be typed here: by its path where it is not among the usual commands."""
    beside = Path(sys.executable).parent / "boundary"
    return "boundary" if shutil.which("boundary") or not beside.is_file() else _short(beside)


def _short(path: Path) -> str:
    """A path, from here where it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
