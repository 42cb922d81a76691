"""How requests reach Exchange: sessions that verify the other end, no second try, and failures without words."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exchangelib.errors import EWSError
from exchangelib.protocol import FailFast, Protocol
from exchangelib.util import is_xml
from requests import Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException

from boundary_exchange.problems import Trouble
from boundary_plugins import failure_in_words, retry_after

# exchangelib writes whole requests, and passwords with them, into its log; nobody may read one there.
logging.getLogger("exchangelib").setLevel(logging.CRITICAL + 1)

# What no request can have come through: the name, the port or the certificate was not right.
_NEVER_REACHED = ("gaierror", "ConnectionRefusedError", "ConnectTimeoutError", "SSLCertVerificationError")
#: No failure has more causes, one within the other.
_MOST_CAUSES = 10


def sessions(ca_file: Path | None) -> Any:
    """What makes sessions that verify the other end, by the system's certificates or by a file."""

    def raw_session(prefix: str, **oauth: Any) -> Any:
        """A session as exchangelib makes it, with our adapter."""
        session = Protocol.raw_session(prefix, **oauth)
        for place in list(session.adapters):
            session.mount(place, _Verifying(ca_file))
        return session

    return raw_session


class _Verifying(HTTPAdapter):
    """Sends with the certificate verified, whatever the environment or a caller says."""

    def __init__(self, ca_file: Path | None) -> None:
        """Trust what the system trusts, or a file."""
        self._trusted: str | bool = str(ca_file) if ca_file else True
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0, pool_block=True)

    def send(self, *request: Any, **options: Any) -> Response:
        """Send, and leave out what a caller says of verifying."""
        return super().send(*request, **{**options, "verify": self._trusted})


class _HttpTrouble(EWSError):  # type: ignore[misc]
    """An answer that is no answer of EWS."""

    def __init__(self, trouble: Trouble) -> None:
        """Carry what is known of it."""
        super().__init__("no answer of EWS")
        self.trouble = trouble


class Once(FailFast):  # type: ignore[misc]
    """Ask once: what is sent again by itself might be a message."""

    def raise_response_errors(self, response: Any) -> None:
        """Tell by the status alone; a fault of SOAP comes with status 500 and is read later."""
        status = response.status_code
        if status == 200 or (status == 500 and is_xml(response.content)):
            return
        wait = _seconds(response.headers.get("Retry-After"))
        raise _HttpTrouble(Trouble(status=status, wait=wait))


def _seconds(value: str | None) -> float | None:
    """How long a server asks to wait."""
    now = datetime.now(UTC)
    until = retry_after(value, now)
    return (until - now).total_seconds() if until else None


def trouble_of(error: EWSError) -> Trouble:
    """What exchangelib tells of a failure, without its words."""
    if isinstance(error, _HttpTrouble):
        return error.trouble
    cause: BaseException | None = error.__context__
    if isinstance(cause, RequestException | OSError):
        return transport_trouble(cause)
    code = type(error).__name__
    if code.startswith("Error"):
        return Trouble(code, wait=getattr(error, "back_off", None))
    if isinstance(error, TimeoutError) or code == "TransportError":
        return Trouble(words="the server cannot be reached")
    return Trouble(words="the server gave no answer of EWS")


def transport_trouble(error: BaseException) -> Trouble:
    """What kept a request from its answer."""
    causes = _causes(error)
    names = {type(each).__name__ for each in causes}
    if "SSLCertVerificationError" in names:
        words = "the server's certificate is not trusted (ca_file names the one that is)"
    else:
        words = f"the server cannot be reached: {failure_in_words(causes[-1])}"
    return Trouble(reached=names.isdisjoint(_NEVER_REACHED), words=words)


def _causes(error: BaseException) -> list[BaseException]:
    """A failure, and what is within it: requests and urllib3 wrap what the system told."""
    found = [error]
    while len(found) < _MOST_CAUSES:
        last = found[-1]
        within = (*last.args, getattr(last, "reason", None), last.__cause__, last.__context__)
        inner = next((each for each in within if isinstance(each, BaseException)), None)
        if inner is None:
            break
        found.append(inner)
    return found
