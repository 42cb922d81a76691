"""`boundary explain` over 10,000 messages against the standard library's header parser over the same ones."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from time import process_time

from bench.archives import OUT, configuration, folder_of, mbox_of
from bench.figures import Figure
from bench.invented_mail import invented_mail

MESSAGES = 10_000
MANY = 50_000
ROUNDS = 3
LEAST_RATIO = 0.35
MOST_MEGABYTES = 120.0

#: What the rules ask of every message.
HEADERS = (
    "Return-Path",
    "From",
    "To",
    "Cc",
    "Delivered-To",
    "Subject",
    "Date",
    "Received",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "Precedence",
    "List-Id",
    "List-Unsubscribe",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "X-Spam-Flag",
    "Content-Type",
)

#: A small process starts the measured one: a child's peak memory counts what its parent had at the start.
_LAUNCHER = """
import json, os, subprocess, sys
with open(sys.argv[1], "wb") as out:
    child = subprocess.Popen(sys.argv[2:], stdout=out)
    _, status, used = os.wait4(child.pid, 0)
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6]))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: its processor time, start included, and its peak memory in megabytes.

    Processor time, because a clock on the wall also measures what else the machine does.
    """

    seconds: float
    megabytes: float


def explaining_figures() -> Iterator[Figure]:
    """The ratio for both kinds of archive, the peak memory, and that of five times as many messages.

    A rate is compared with a rate: the parser's interpreter has started when its clock begins, so the
    program's own start is subtracted; the ratio with it is shown beside.
    """
    config, mbox, folder = configuration(), mbox_of(MESSAGES), folder_of(MESSAGES)
    blocks = [message.data.partition(b"\n\n")[0] for message in invented_mail(MESSAGES)]
    peer, runs = [], {path: list[Run]() for path in (mbox, folder)}
    for _ in range(ROUNDS):
        peer.append(_parsed(blocks))
        for path, done in runs.items():
            done.append(_explained(config, path))
    _check_answers()
    fastest = min(peer)
    start = min(_explained(config, _one_message()).seconds for _ in range(ROUNDS))
    for path, done in runs.items():
        whole = min(run.seconds for run in done)
        seconds = whole - start
        name = f"explain, {_kind(path)} of {MESSAGES:,}"
        yield Figure(f"{name}, to the header parser's rate", fastest / seconds, "", least=LEAST_RATIO)
        peak = max(run.megabytes for run in done)
        yield Figure(f"{name}, peak memory", peak, "MB", most=MOST_MEGABYTES)
        yield Figure(f"{name}", MESSAGES / seconds, "a second")
        yield Figure(f"{name}, to the parser's rate, start counted too", fastest / whole, "")
    many = _explained(config, mbox_of(MANY))
    yield Figure(f"explain, mbox of {MANY:,}, peak memory", many.megabytes, "MB", most=MOST_MEGABYTES)
    yield Figure("the start of explain", start * 1000, "ms")
    yield Figure("the header parser alone", MESSAGES / fastest, "a second")


def _one_message() -> Path:
    """An archive of one message, which takes what starting takes."""
    path = OUT / "one.eml"
    path.write_bytes(next(invented_mail(1)).data)
    return path


def _kind(path: Path) -> str:
    """What sort of archive it is."""
    return "folder" if path.is_dir() else "mbox"


def _parsed(blocks: list[bytes]) -> float:
    """Seconds in which compat32 reads the headers from blocks that are cut already and lie in memory."""
    parser = BytesHeaderParser(policy=policy.compat32)
    began = process_time()
    for block in blocks:
        message = parser.parsebytes(block)
        for name in HEADERS:
            message.get_all(name)
    return process_time() - began


def _explained(config: Path, path: Path) -> Run:
    """One run of the command, as a person gives it. Raises RuntimeError where it fails."""
    boundary = Path(sys.executable).with_name("boundary")
    command = [str(boundary), "--config", str(config), "explain", "--json", "--as-client", str(path)]
    return measured(command, OUT / "explained.jsonl")


def measured(command: list[str], out: Path) -> Run:
    """One process to its end, its output in a file. Raises RuntimeError where it fails."""
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(out), *command]
    done = subprocess.run(launcher, stdout=subprocess.PIPE, check=True)
    code, seconds, megabytes = json.loads(done.stdout)
    if code != 0:
        raise RuntimeError(f"{Path(command[0]).name} ended with {code}")
    return Run(seconds, megabytes)


def _check_answers() -> None:
    """See that the last run judged every message, and answered those that the mix says."""
    with (OUT / "explained.jsonl").open("rb") as file:
        answered = [json.loads(line)["respond"] for line in file]
    expected = [message.answered for message in invented_mail(MESSAGES)]
    if answered != expected:
        raise RuntimeError(f"{sum(answered)} of {len(answered)} answered, but {sum(expected)} should be")
