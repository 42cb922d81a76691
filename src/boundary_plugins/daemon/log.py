"""The log of the daemon: one line an event on standard error, with every address blotted out."""

import contextlib
import logging
import re
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

_ADDRESS = re.compile(r"[^\s<>\"',;:()\[\]]+@[^\s<>\"',;:()\[\]]+")
_BLOTTED = "‹address›"

#: Facts under these names never reach a log, whatever they hold.
_NEVER = frozenset({"subject", "body", "text", "content", "headers", "password", "secret", "token"})


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blot out addresses in every text, and drop facts that must not be kept (a structlog processor)."""
    for key, value in event.items():
        if key in _NEVER:
            event[key] = "‹withheld›"
        elif isinstance(value, str) and "@" in value:
            event[key] = without_addresses(value)
    return event


def without_addresses(text: str) -> str:
    """The text with everything that looks like a mail address blotted out."""
    return _ADDRESS.sub(_BLOTTED, text) if "@" in text else text


def _fact(value: object) -> str:
    """A fact's value, in quotes where it is of several words."""
    text = str(value)
    return repr(text) if " " in text or not text else text


class LateLog:
    """A log for commands that mostly say nothing: it is opened at its first word."""

    def __init__(self, **facts: object) -> None:
        """Add these facts to every line."""
        self._facts = facts

    def bind(self, **facts: object) -> "LateLog":
        """A logger that adds these facts to every line."""
        return LateLog(**{**self._facts, **facts})

    def debug(self, event: str, **facts: object) -> None:
        """Say what only a developer wants to know."""
        open_log().debug(event, **{**self._facts, **facts})

    def info(self, event: str, **facts: object) -> None:
        """Say what happened."""
        open_log().info(event, **{**self._facts, **facts})

    def warning(self, event: str, **facts: object) -> None:
        """Say what was set aside or will be tried again."""
        open_log().warning(event, **{**self._facts, **facts})

    def error(self, event: str, **facts: object) -> None:
        """Say what needs a person."""
        open_log().error(event, **{**self._facts, **facts})


class QuietLog(LateLog):
    """A log for commands that say themselves what they did: only what went wrong is in it."""

    def debug(self, event: str, **facts: object) -> None:
        """Say nothing."""

    def info(self, event: str, **facts: object) -> None:
        """Say nothing."""

    def bind(self, **facts: object) -> "QuietLog":
        """A logger that adds these facts to every line."""
        return QuietLog(**{**self._facts, **facts})


#: So many characters of lines that could not be written wait for the next one.
_KEPT = 10_000


class _Unfailing:
    """A stream that may fail without anybody being harmed: no response waits for a log that a full disk refuses."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream = stream
        # A stream with a buffer keeps what it cannot hand over; one without loses it.
        self._loses = bool(getattr(stream, "write_through", False))
        self._waiting = ""

    def write(self, text: str) -> int:
        """Write, if it can be written; else with the next line."""
        whole, self._waiting = self._waiting + text, ""
        try:
            self._stream.write(whole)
        except OSError:
            self._waiting = whole[-_KEPT:] if self._loses else ""
        return len(text)

    def flush(self) -> None:
        """Hand over what was written; what cannot be handed over now goes with the next line."""
        with contextlib.suppress(OSError):
            self._stream.flush()


class PlainLog:
    """The log of a file or a journal: a line an event, with instant, level, event, and facts by name.

    It says the same as structlog's would, in a fifth of the time; the daemon writes a line a message.
    """

    __slots__ = ("_facts", "_second", "_stamp", "_stream", "_verbose")

    def __init__(self, stream: _Unfailing, facts: Mapping[str, object], *, verbose: bool) -> None:
        """Write to `stream`, with these facts on every line."""
        self._stream, self._facts, self._verbose = stream, facts, verbose
        self._second, self._stamp = -1, ""

    def bind(self, **facts: object) -> "PlainLog":
        """A logger that adds these facts to every line."""
        return PlainLog(self._stream, {**self._facts, **facts}, verbose=self._verbose)

    def debug(self, event: str, **facts: object) -> None:
        """Say what only a developer wants to know."""
        if self._verbose:
            self._say("debug", event, facts)

    def info(self, event: str, **facts: object) -> None:
        """Say what happened."""
        self._say("info", event, facts)

    def warning(self, event: str, **facts: object) -> None:
        """Say what was set aside or will be tried again."""
        self._say("warning", event, facts)

    def error(self, event: str, **facts: object) -> None:
        """Say what needs a person."""
        self._say("error", event, facts)

    def _say(self, level: str, event: str, facts: dict[str, Any]) -> None:
        """Write one line, as one piece, so that threads never mix theirs."""
        if self._facts:
            facts = {**self._facts, **facts}
        redact(None, level, facts)
        told = "".join([f" {name}={_fact(facts[name])}" for name in sorted(facts)])
        self._stream.write(f"{self._now()} [{level:<9}] {without_addresses(event)}{told}\n")
        self._stream.flush()

    def _now(self) -> str:
        """The present in local time, to the second; a second is written out once."""
        second = int(time.time())
        if second != self._second:
            self._stamp = time.strftime("%Y-%m-%d %H:%M:%S%z", time.localtime(second))
            self._second = second
        return self._stamp


def open_log(stream: TextIO | None = None, *, verbose: bool = False) -> "FilteringBoundLogger | PlainLog":
    """The daemon's logger, writing to `stream` (standard error unless told): in colour on a terminal."""
    out = stream or sys.stderr
    if not out.isatty():
        return PlainLog(_Unfailing(out), {}, verbose=verbose)
    # Who writes no log to a terminal begins sooner without it, and the library of tracebacks it brings.
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S%z", utc=False),
            redact,
            structlog.dev.ConsoleRenderer(pad_event_to=0),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Unfailing(out))),
        cache_logger_on_first_use=False,
    )
    # Bound once: a logger that binds itself at each word would take as long as deciding.
    log: FilteringBoundLogger = structlog.get_logger().bind()
    return log
