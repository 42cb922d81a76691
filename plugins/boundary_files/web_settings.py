"""What the configuration says of an address on the web: where it is, and how to sign in there."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from boundary_plugins import is_loopback

_UNFIT = re.compile(r"[\x00-\x1f\x7f]")
_ALLOWED = 'allowed: one such as "https://cloud.example.com/calendars/availability.ics"'


class WebSettings(BaseModel):
    """An address, or none; `timeout` is in seconds and holds for each step.

    `ca_file` is a file of trusted certificates in PEM beside the system's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    username: str = ""
    password_secret: str = ""
    ca_file: Path | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0

    @field_validator("url")
    @classmethod
    def _is_a_private_address(cls, url: str | None) -> str | None:
        """Refuse what is no address, and what would go over the network unencrypted."""
        return None if url is None else web_address(url)

    @model_validator(mode="after")
    def _belongs_together(self) -> "WebSettings":
        """A user name without a secret, or either without an address, is a forgotten line."""
        if bool(self.username) != bool(self.password_secret):
            raise ValueError("username and password_secret belong together: give both or neither")
        if self.url is None and (self.username or self.ca_file is not None):
            raise ValueError("username, password_secret and ca_file are for a url, and there is none")
        return self


def web_address(url: str) -> str:
    """The address as it is asked: ASCII, with webcal:// for what it means. Raises ValueError with a sentence."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        netloc = _netloc(parts, host)
    except ValueError:
        parts, host, netloc = SplitResult("", "", "", "", ""), "", ""
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme.lower(), parts.scheme.lower())
    if not host or scheme not in ("http", "https") or _UNFIT.search(url) or " " in netloc:
        raise ValueError(f"this is not a whole address; {_ALLOWED}")
    if "@" in parts.netloc:
        raise ValueError(
            "an address holds no user name and no password; allowed: username and password_secret"
        )
    if scheme == "http" and not is_loopback(host):
        raise ValueError(
            "http:// is allowed only for a host on this machine (127.0.0.1, ::1 or localhost); use https://"
        )
    path, query = (quote(part, safe="/%:@!$&'()*+,;=~?") for part in (parts.path or "/", parts.query))
    return f"{scheme}://{netloc}{path}{'?' if query else ''}{query}"


def _netloc(parts: SplitResult, host: str) -> str:
    """Host and port in ASCII. Raises ValueError."""
    name = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii") if host else ""
    return name if parts.port is None else f"{name}:{parts.port}"
