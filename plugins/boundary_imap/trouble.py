"""What an IMAP server's refusals and a broken connection mean, in the words of the ports."""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta

from boundary_plugins import AuthorizationNeeded, ProviderError, RateLimited, Unavailable, failure_in_words

_CODE = re.compile(r"\[([A-Z-]+)")
#: Response codes (RFC 5530) that say that the sign-in itself is wrong.
_SIGN_IN = frozenset({"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"})
#: Codes that pass by themselves, and after how long it is worth another try.
_PASSING = {
    "UNAVAILABLE": timedelta(seconds=30),
    "SERVERBUG": timedelta(minutes=1),
    "INUSE": timedelta(seconds=15),
    "LIMIT": timedelta(minutes=1),
    "THROTTLED": timedelta(minutes=1),
}
#: How servers without codes say that a user has too many connections.
_TOO_MANY = re.compile(r"too many|maximum number of connections|exceeded", re.IGNORECASE)


class ConnectionLost(Unavailable):
    """The connection was lost; a fresh one may do better at once."""


class NotTaken(Unavailable):
    """The server refused one command, and the connection is still good."""

    def __init__(self, provider: str, code: str) -> None:
        """Keep the response code alone: the server's words might name a folder or an address."""
        super().__init__(provider, f"the server refused ({code or 'NO'})")
        self.code = code


def code_of(error: Exception) -> str:
    """The response code in a refusal, "" where there is none."""
    found = _CODE.search(str(error))
    return found[1] if found else ""


@contextlib.contextmanager
def in_our_words(name: str, now: datetime) -> Iterator[None]:
    """Turn what imaplib, sockets and TLS raise into a ProviderError of `name`, without a payload."""
    try:
        yield
    except ProviderError:
        raise
    except imaplib.IMAP4.readonly:
        # For imaplib a broken connection, too, which it is not.
        raise NotTaken(name, "READ-ONLY") from None
    except imaplib.IMAP4.abort as error:
        raise _lost(name, now, error) from None
    except imaplib.IMAP4.error as error:
        raise _refused(name, now, error) from None
    except ssl.SSLCertVerificationError as error:
        problem = f"the certificate of the server is not trusted: {error.verify_message}"
        raise Unavailable(name, problem) from None
    except OSError as error:
        raise ConnectionLost(name, f"no connection to the server ({failure_in_words(error)})") from None
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        # What cannot be parsed leaves us in the middle of a line.
        problem = f"the server answered in a way that was not understood ({type(error).__name__})"
        raise ConnectionLost(name, problem) from None


def _lost(name: str, now: datetime, error: Exception) -> ProviderError:
    """A connection that was ended, perhaps with a reason (BYE)."""
    code = code_of(error)
    if code in _PASSING or _TOO_MANY.search(str(error)):
        return _passing(name, now, code)
    return ConnectionLost(name, "the connection to the server was lost")


def _refused(name: str, now: datetime, error: Exception) -> ProviderError:
    """A NO or BAD."""
    code = code_of(error)
    return _passing(name, now, code) if code in _PASSING else NotTaken(name, code)


def _passing(name: str, now: datetime, code: str) -> ProviderError:
    """What passes by itself."""
    retry_at = now + _PASSING.get(code, timedelta(minutes=1))
    if code in ("UNAVAILABLE", "SERVERBUG", "INUSE"):
        return Unavailable(name, f"the server is not available now ({code})", retry_at=retry_at)
    return RateLimited(name, "the server has too many connections or requests of ours", retry_at=retry_at)


def sign_in_refused(name: str, now: datetime, error: Exception) -> ProviderError:
    """What a NO to a sign-in means: a wrong password, unless the server says that it is something else."""
    code = code_of(error)
    if code in _PASSING or (code not in _SIGN_IN and _TOO_MANY.search(str(error))):
        return _passing(name, now, code)
    return AuthorizationNeeded(name, "the server refused the sign-in")
