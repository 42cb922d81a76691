"""The mail providers whose servers are known, read from `mail_providers.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownServer:
    """Where a server is, and how the way there is kept private ("tls" or "starttls")."""

    host: str
    port: int
    security: str


@dataclass(frozen=True, slots=True)
class MailProvider:
    """A provider: the domains of its addresses, its servers, and the sort of password it wants.

    `files_sent`: it files what leaves through its SMTP host itself. `own_certificate`: its servers have a
    certificate that no system trusts.
    """

    name: str
    domains: tuple[str, ...]
    signs_in_with: str
    imap: KnownServer
    smtp: KnownServer
    files_sent: bool = False
    own_certificate: bool = False


@cache
def mail_providers() -> tuple[MailProvider, ...]:
    """Every provider that is known. Raises TypeError where one lacks a key or has another."""
    file = resources.files("boundary_plugins") / "data" / "mail_providers.toml"
    return tuple(_provider(table) for table in tomllib.loads(file.read_text(encoding="utf-8"))["provider"])


def _provider(table: dict[str, Any]) -> MailProvider:
    imap, smtp = KnownServer(**table["imap"]), KnownServer(**table["smtp"])
    return MailProvider(**{**table, "domains": tuple(table["domains"]), "imap": imap, "smtp": smtp})
