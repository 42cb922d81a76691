"""What the configuration says of a mailbox on Exchange Server, and who signs in to it.

Kept apart from what talks to the server, so that a command that does not begins sooner.
"""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
SecretName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]

#: Those who sign in by a password; the others by a token (OAuth 2.0).
BY_PASSWORD = ("ntlm", "basic")


class ExchangeSettings(BaseModel):
    """Whose mailbox it is, where the server is, and how one signs in.

    `address` is the mailbox; `username` who signs in, where that is somebody else (a delegate, a service
    account). Without `server`, Autodiscover is asked. `timeout` is in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Address
    server: Annotated[str, Field(min_length=1)] | None = None
    autodiscover: str | None = None
    sign_in: Literal["ntlm", "basic", "application", "delegated"] = "ntlm"
    username: Annotated[str, Field(min_length=1)] | None = None
    password_secret: SecretName | None = None
    tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$")] | None = None
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")] | None = None
    client_secret: SecretName | None = None
    token_secret: SecretName | None = None
    token_url: str | None = None
    access: Literal["delegate", "impersonation"] | None = None
    ca_file: Path | None = None
    timeout: Annotated[float, Field(gt=0, le=50)] = 20.0

    @field_validator("server", "autodiscover", "token_url")
    @classmethod
    def _is_verified(cls, text: str | None) -> str | None:
        """Refuse an address at which a password would go over a network in the clear."""
        from boundary_plugins import is_loopback

        if text is None or "://" not in text:
            return text
        parts = urlsplit(text)
        if not parts.hostname or not (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
        ):
            raise ValueError('allowed: a host name, or an address that begins with "https://"')
        return text

    @model_validator(mode="after")
    def _sign_in_is_whole(self) -> Self:
        """Name what a way of signing in lacks."""
        needed = {
            "ntlm": ("password_secret",),
            "basic": ("password_secret",),
            "application": ("tenant", "client_id", "client_secret"),
            "delegated": ("client_id", "token_secret"),
        }[self.sign_in]
        missing = [f'"{key}"' for key in needed if getattr(self, key) is None]
        if missing:
            raise ValueError(f'sign_in = "{self.sign_in}" also needs {" and ".join(missing)}')
        return self

    @property
    def endpoint(self) -> str | None:
        """Where EWS is on the server; None where Autodiscover is to tell."""
        if self.server is None or "://" in self.server:
            return self.server
        return f"https://{self.server}/EWS/Exchange.asmx"

    @property
    def impersonates(self) -> bool:
        """Whether the one who signs in acts as the owner of the mailbox; an application always does."""
        return (
            self.access or ("impersonation" if self.sign_in == "application" else "delegate")
        ) != "delegate"


class MailboxSettings(ExchangeSettings):
    """A mailbox that is watched, and answered from.

    `time_marks` is the word that categories which log time begin with, "" for none; `streaming` whether the
    server tells at once that mail came.
    """

    time_marks: Annotated[str, Field(max_length=40)] = "Boundary"
    streaming: bool = True


class CalendarSettings(ExchangeSettings):
    """A calendar that is read; `working_hours` whether those of the mailbox's options are read with it."""

    working_hours: bool = False


class ReplySettings(ExchangeSettings):
    """A mailbox whose automatic replies are programmed."""


class EntrySettings(ExchangeSettings):
    """A calendar that is written to: what its entries are called, and what they show."""

    shows: Literal["absences", "closed hours"] = "absences"
    subject: Annotated[str, Field(min_length=1, max_length=100)] = "Not available"
    absences: Literal["this week", "all weeks"] = "this week"
