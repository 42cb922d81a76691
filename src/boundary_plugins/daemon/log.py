"""The log of the daemon: one line an event on standard error, with every address blotted out."""

import contextlib
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

_ADDRESS = re.compile(r"[^\s<>\"',;:()\[\]]+@[^\s<>\"',;:()\[\]]+")
_BLOTTED = "‹address›"

#: Facts under these names never reach a log, whatever they hold.
_NEVER = frozenset({"subject", "body", "text", "content", "headers", "password", "secret", "token"})


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Blot out addresses in every text, and drop facts that must not be kept (a structlog processor)."""
    return {
        key: "‹withheld›" if key in _NEVER else without_addresses(value) if isinstance(value, str) else value
        for key, value in event.items()
    }


def without_addresses(text: str) -> str:
    """The text with everything that looks like a mail address blotted out."""
    return _ADDRESS.sub(_BLOTTED, text) if "@" in text else text


def plain_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """One line for a file or a journal (a structlog processor): instant, level, event, facts by name."""
    timestamp, level, text = (event.pop(name) for name in ("timestamp", "level", "event"))
    facts = "".join(f" {name}={_fact(event[name])}" for name in sorted(event))
    return f"{timestamp} [{level:<9}] {text}{facts}"


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


class _Unfailing:
    """A stream that may fail without anybody being harmed: no response waits for a log that a full disk refuses."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, if it can be written."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over what was written; what cannot be handed over now goes with the next line."""
        with contextlib.suppress(OSError):
            self._stream.flush()


def open_log(stream: TextIO | None = None, *, verbose: bool = False) -> "FilteringBoundLogger":
    """The daemon's logger, writing to `stream` (standard error unless told)."""
    # Commands that log nothing begin sooner without it, and without the library of tracebacks it brings.
    import structlog

    out = stream or sys.stderr
    on_terminal = out.isatty()
    renderer = structlog.dev.ConsoleRenderer(pad_event_to=0) if on_terminal else plain_line
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S%z", utc=False),
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Unfailing(out))),
        cache_logger_on_first_use=False,
    )
    # Bound once: a logger that binds itself at each word would take as long as deciding.
    log: FilteringBoundLogger = structlog.get_logger().bind()
    return log
