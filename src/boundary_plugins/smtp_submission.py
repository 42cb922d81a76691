"""Sending over SMTP submission, with an exact answer to the one question: was it sent?"""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from boundary_plugins.ports import SendReceipt

_LOOPBACK_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")


class SmtpSettings(BaseModel):
    """Where and how to hand in a message (RFC 6409), as the configuration says it.

    `timeout` is in seconds and holds for each step; `ca_file` is a file of trusted certificates in PEM
    beside the system's; `helo` is the name to greet with (empty: the address literal of this end).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password_secret: str = ""
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    ca_file: Path | None = None
    helo: str = ""

    @model_validator(mode="after")
    def _is_private_on_the_way(self) -> "SmtpSettings":
        """Without TLS a message and a password may not leave this machine."""
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError(
                'security = "none" is allowed only for a host on this machine (127.0.0.1, ::1 or localhost); '
                'use "starttls" or "tls"'
            )
        return self

    @model_validator(mode="after")
    def _names_both_or_neither(self) -> "SmtpSettings":
        """A user name without a secret, or the reverse, is a forgotten line."""
        if bool(self.username) != bool(self.password_secret):
            raise ValueError("username and password_secret belong together: give both or neither")
        return self


def is_loopback(host: str) -> bool:
    """Whether a host name or address literal can only mean this machine."""
    if host.lower().rstrip(".") in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def submit(
    settings: SmtpSettings,
    password: str | None,
    *,
    sender_header_address: str,
    reverse_path: str,
    to: str,
    content: bytes,
    provider: str = "smtp",
) -> SendReceipt:
    """Hand in one message for one recipient, once.

    `reverse_path` is a plain address, or "" for the null one (RFC 3834, section 3.3); where the relay
    refuses the null one, `sender_header_address` takes its place, and the receipt says so.

    Raises Unavailable (not sent, try again), AuthorizationNeeded and Refused (not sent, trying again
    will not help), and OutcomeUnknown where the connection was lost between the final dot and its reply.
    """
    raise NotImplementedError
