"""The log of the daemon: one line an event on standard error, with every address blotted out."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

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
    return _ADDRESS.sub(_BLOTTED, text)


def open_log(stream: TextIO | None = None, *, verbose: bool = False) -> structlog.typing.FilteringBoundLogger:
    """The daemon's logger, writing to `stream` (standard error unless told)."""
    out = stream or sys.stderr
    renderer = structlog.dev.ConsoleRenderer(colors=out.isatty(), pad_event_to=0)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return log
