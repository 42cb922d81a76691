"""What all ways to a host share: whether it is this machine, TLS that is verified, failures in words."""

import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from boundary_plugins.errors import Unavailable

_LOOPBACK_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")
# No provider that is to be asked again asks for more patience.
_LONGEST_WAIT = timedelta(days=7)


def is_loopback(host: str) -> bool:
    """Whether a host name or address literal can only mean this machine."""
    if host.lower().rstrip(".") in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def verifying_tls(ca_file: Path | None, provider: str) -> ssl.SSLContext:
    """A context that verifies certificate and host name, always; `ca_file` is trusted besides the system's.

    Raises Unavailable where that file cannot be used.
    """
    context = ssl.create_default_context()
    if ca_file is None:
        return context
    try:
        context.load_verify_locations(cafile=ca_file)
    except OSError as error:
        raise Unavailable(
            provider, f"ca_file {ca_file} cannot be used: {error.strerror or 'it holds no certificate'}"
        ) from error
    return context


def failure_in_words(error: BaseException) -> str:
    """What sort of failure a connection had, without the other end's own words."""
    if isinstance(error, socket.gaierror):
        return "the name is not known"
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ssl.SSLError):
        return "TLS failed"
    if isinstance(error, ConnectionResetError | EOFError):
        return "the connection was closed"
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """When a host may be asked again, by its Retry-After (RFC 9110, section 10.2.3); None where it says nothing.

    `now` is aware, and so is the answer, in UTC and at most a week ahead.
    """
    # Costs too much for those who never reach a host.
    from email.utils import parsedate_to_datetime

    text = (value or "").strip()
    try:
        at = now + timedelta(seconds=int(text)) if text.isdecimal() else parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = at.replace(tzinfo=UTC) if at.utcoffset() is None else at.astimezone(UTC)
    return min(max(aware, now), now + _LONGEST_WAIT)
