"""What a plugin is given when it is opened: secrets, the time, a log that redacts, and its own folder."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from boundary_plugins.errors import SecretError, Unavailable
from boundary_plugins.ports import Ledger

if TYPE_CHECKING:
    # Plugins that only register rules never need pydantic.
    from pydantic import BaseModel


class Log(Protocol):
    """A bound logger in structlog's shape: an event in words, and facts by name."""

    def bind(self, **facts: object) -> "Log":
        """A logger that adds these facts to every line."""
        ...

    def debug(self, event: str, **facts: object) -> object:
        """Say what only a developer wants to know."""
        ...

    def info(self, event: str, **facts: object) -> object:
        """Say what happened."""
        ...

    def warning(self, event: str, **facts: object) -> object:
        """Say what was set aside or will be tried again."""
        ...

    def error(self, event: str, **facts: object) -> object:
        """Say what needs a person."""
        ...


def keep_nothing(name: str, value: str) -> None:  # noqa: ARG001
    """Where no secret can be kept. Raises SecretError."""
    raise SecretError(f"the secret {name} cannot be kept here")


@dataclass(frozen=True, slots=True)
class Services:
    """What a plugin may use; it asks for nothing else of the program.

    `secret(name)` is the secret's text or None, and raises SecretError; `keep_secret(name, value)` keeps
    one, such as a token that was renewed, and raises SecretError; `now()` is aware and in UTC;
    `state_directory` belongs to this one provider and exists (mode 0700); relative paths in settings
    are relative to `config_directory`. `name` is what the configuration calls it ("mailbox main"), which
    errors begin with; `zone` is the practice's (an IANA name), in which a floating time is meant.
    `ledger` is the program's own, for billers only.
    """

    secret: Callable[[str], str | None]
    now: Callable[[], datetime]
    log: Log
    state_directory: Path
    config_directory: Path
    name: str = ""
    zone: str = "UTC"
    ledger: Ledger | None = None
    keep_secret: Callable[[str, str], None] = keep_nothing

    def path(self, text: str) -> Path:
        """A path from the configuration: `~` expanded, relative to the configuration file."""
        return self.config_directory / Path(text).expanduser()


def make_services(
    name: str,
    *,
    secret: Callable[[str], str | None],
    now: Callable[[], datetime],
    log: Log,
    state_directory: Path,
    config_directory: Path,
    zone: str = "UTC",
    ledger: Ledger | None = None,
    keep_secret: Callable[[str, str], None] = keep_nothing,
) -> Services:
    """The services of one provider ("mailbox main"); its own folder is made below `state_directory`.

    Raises Unavailable where that cannot be made.
    """
    folder = state_directory / "providers" / re.sub(r"[^A-Za-z0-9_-]", "-", name)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(name, f"its folder {folder} cannot be made ({error.strerror})") from None
    return Services(
        secret=secret,
        now=now,
        log=log.bind(provider=name),
        state_directory=folder,
        config_directory=config_directory,
        name=name,
        zone=zone,
        ledger=ledger,
        keep_secret=keep_secret,
    )


@dataclass(frozen=True, slots=True)
class ConfiguredTable:
    """A table of the configuration that a plugin reads: "mailbox", "main", "maildir", and its settings."""

    what: str
    name: str
    kind: str
    settings: "BaseModel"

    def __str__(self) -> str:
        """As errors name it: "mailbox main"."""
        return f"{self.what} {self.name}"


@dataclass(frozen=True, slots=True)
class CommandServices:
    """What a plugin's own command may use.

    `tables` are those of the plugin's kinds, in the configuration's order; `own_addresses` the
    therapist's. `keep_secret` says where it was kept. `secret`, `now` and `path` are as in `Services`.
    """

    secret: Callable[[str], str | None]
    keep_secret: Callable[[str, str], str]
    now: Callable[[], datetime]
    config_directory: Path
    tables: tuple[ConfiguredTable, ...] = ()
    own_addresses: tuple[str, ...] = ()

    def path(self, text: str) -> Path:
        """A path from the configuration: `~` expanded, relative to the configuration file."""
        return self.config_directory / Path(text).expanduser()
