"""Settings and services for an account of the small Microsoft 365, whose person has signed in."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from boundary_microsoft365.settings import Microsoft365Settings
from boundary_plugins.host.services import Services
from boundary_plugins.testing.doubles import MemoryLog, memory_services
from servers.graph import Account, GraphServer
from servers.graph_sign_in import CLIENT_ID

SettingsT = TypeVar("SettingsT", bound=Microsoft365Settings)


class Closable(Protocol):
    """What is closed at the end."""

    def close(self) -> None:
        """Let go of everything."""


PortT = TypeVar("PortT", bound=Closable)
EVERYTHING = ("Mail.Read", "Mail.Send", "Calendars.Read", "Calendars.ReadWrite", "MailboxSettings.ReadWrite")


@dataclass
class SignedIn:
    """An account with what a provider of the plugin needs to be opened on it."""

    server: GraphServer
    account: Account
    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    log: MemoryLog = field(default_factory=MemoryLog)
    zone: str = "UTC"
    opened: list[Closable] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Sign in."""
        self.sign_in_again()

    def sign_in_again(self) -> None:
        """As the command does."""
        self.secrets[self.sign_in] = self.server.sign_in.cache(self.account.address, *EVERYTHING)

    @property
    def sign_in(self) -> str:
        """The name of the secret; of its own, because whoever shares a sign-in shares its patience."""
        return self.account.address.partition("@")[0]

    def settings(self, kind: type[SettingsT], **more: Any) -> SettingsT:
        """The settings of a table, which leads to the server on this machine."""
        common = {"client_id": CLIENT_ID, "sign_in": self.sign_in, "api_endpoint": self.server.url}
        return kind.model_validate({**common, "timeout": 5.0, **more})

    def open(
        self, port: Callable[[SettingsT, Services], PortT], kind: type[SettingsT], name: str, **more: Any
    ) -> PortT:
        """A port on the account, which is closed at the end of the test."""
        made = port(self.settings(kind, **more), self.services(name))
        self.opened.append(made)
        return made

    def close(self) -> None:
        """Close whatever was opened."""
        for each in self.opened:
            each.close()

    def services(self, name: str = "mailbox main", at: datetime | None = None) -> Services:
        """The services of one provider; secrets are kept in `secrets`."""
        made = memory_services(self.folder, secrets=self.secrets, at=at, log=self.log, name=name)
        return replace(made, zone=self.zone, keep_secret=self.secrets.__setitem__)
