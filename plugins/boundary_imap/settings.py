"""What the configuration says of a mailbox on an IMAP server, and how to sign in there.

Kept apart from what reads and writes it, so that a command that needs neither begins sooner.
"""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from boundary_plugins import SmtpSettings, is_loopback

_PORTS = {"tls": 993, "starttls": 143, "none": 143}
#: An IDLE ends by itself after thirty minutes at the latest (RFC 2177), so it is renewed before 29.
_LONGEST_IDLE = 29.0


class OAuthSettings(BaseModel):
    """Signing in by token (XOAUTH2) instead of a password.

    `token_secret` names the secret: a refresh token where `token_endpoint` is given, which turns it into
    access tokens (RFC 6749, section 6); else an access token that another program keeps fresh.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    token_secret: Annotated[str, Field(min_length=1)]
    token_endpoint: str = ""
    client_id: str = ""
    client_secret: str = ""
    scope: str = ""

    @model_validator(mode="after")
    def _endpoint_is_whole(self) -> "OAuthSettings":
        """A refresh token goes to its own server and over TLS alone."""
        if not self.token_endpoint:
            return self
        address = urlsplit(self.token_endpoint)
        host = address.hostname or ""
        if not host or address.scheme != ("http" if is_loopback(host) else "https"):
            raise ValueError("token_endpoint: allowed: an address that begins with https://")
        if not self.client_id:
            raise ValueError("client_id is needed where token_endpoint is given")
        return self


class ServerSettings(BaseModel):
    """A server that is signed in to: where it is, that the way there is private, and as whom.

    `timeout` is in seconds and holds for each answer; `ca_file` is a file of trusted certificates in PEM
    beside the system's; `password_secret` and `oauth` exclude each other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1)]
    security: Literal["none", "starttls", "tls"] = "tls"
    username: Annotated[str, Field(min_length=1)]
    password_secret: str = ""
    oauth: OAuthSettings | None = None
    ca_file: Path | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0

    @model_validator(mode="after")
    def _is_private_on_the_way(self) -> "ServerSettings":
        """Without TLS neither mail nor a password may leave this machine."""
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError(
                'security = "none" is allowed only for a host on this machine (127.0.0.1, ::1 or localhost); '
                'use "tls" or "starttls"'
            )
        return self

    @model_validator(mode="after")
    def _has_one_way_in(self) -> "ServerSettings":
        """A password or a token, and not both."""
        if bool(self.password_secret) == (self.oauth is not None):
            raise ValueError("give either password_secret or a table oauth")
        return self


class ImapSettings(ServerSettings):
    """A mailbox on an IMAP server, the folder of the therapist's own mail, and the host that sends.

    `port` None is that of `security`. `sent` None is found out, "" is not looked at. `time_marks` is the
    word that keywords which log time begin with, "" for none. `idle_minutes` is how long one IDLE lasts.
    """

    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    inbox: Annotated[str, Field(min_length=1)] = "INBOX"
    sent: str | None = None
    server_files_sent: bool = False
    mark_answered: bool = True
    time_marks: str = "Boundary"
    idle: bool = True
    idle_minutes: Annotated[float, Field(gt=0, le=_LONGEST_IDLE)] = 25.0
    smtp: SmtpSettings | None = None

    @property
    def any_port(self) -> int:
        """The port, as it is given or else usual (RFC 8314)."""
        return self.port or _PORTS[self.security]


class SieveSettings(ServerSettings):
    """A server of Sieve scripts, and the name of the one that this program writes there."""

    port: Annotated[int, Field(ge=1, le=65535)] = 4190
    security: Literal["none", "starttls", "tls"] = "starttls"
    script: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w .-]+$")] = "boundary"
