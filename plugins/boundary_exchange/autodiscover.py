"""Where EWS is for a mailbox, asked of the mailbox's own domain (Microsoft's Autodiscover, SOAP).

exchangelib's own search is not used: it keeps what it found in a file that every program shares, and would
hand the password on to whatever host it is sent to.
"""

from typing import Any
from urllib.parse import urlsplit

from exchangelib import Configuration
from exchangelib.autodiscover.protocol import AutodiscoverProtocol
from exchangelib.errors import EWSError
from exchangelib.protocol import FailFast
from requests.exceptions import RequestException

from boundary_exchange.settings import ExchangeSettings
from boundary_plugins import Unavailable

_PATH = "/autodiscover/autodiscover.svc"
#: In seconds, for each place.
_PATIENCE = 10.0
#: A chain of redirects that is longer leads nowhere.
_MOST_PLACES = 5


def discovered(settings: ExchangeSettings, credentials: Any, sessions: Any, name: str) -> str:
    """The address of EWS. Raises Unavailable where nobody tells it."""
    domain = settings.address.rpartition("@")[2].lower()
    places = [settings.autodiscover] if settings.autodiscover else []
    places = places or [f"https://autodiscover.{domain}{_PATH}", f"https://{domain}{_PATH}"]
    asked: list[str] = []
    while places and len(asked) < _MOST_PLACES:
        place = places.pop(0)
        asked.append(place)
        told = _told(place, settings, credentials, sessions)
        if told is None:
            continue
        redirect = told.redirect_url
        if redirect and redirect not in asked and _is_trusted(redirect, domain):
            places.insert(0, redirect)
        elif not redirect and told.ews_url:
            return str(told.ews_url)
    raise Unavailable(
        name, f'Autodiscover of {domain} does not tell where Exchange is; name it with "server"'
    )


def _told(place: str, settings: ExchangeSettings, credentials: Any, sessions: Any) -> Any:
    """What one place tells; None where it tells nothing."""
    configuration = Configuration(service_endpoint=place, credentials=credentials, retry_policy=FailFast())
    protocol = AutodiscoverProtocol(config=configuration)
    protocol.raw_session, protocol.TIMEOUT = sessions, _PATIENCE
    try:
        return protocol.get_user_settings(user=settings.address)
    except (EWSError, RequestException, OSError):
        return None
    finally:
        protocol.close()


def _is_trusted(place: str, domain: str) -> bool:
    """Whether the password may be taken there: to the mailbox's own domain, or to Microsoft's."""
    parts = urlsplit(place)
    host = (parts.hostname or "").lower()
    known = (domain, "outlook.com", "office365.com")
    return parts.scheme == "https" and any(host == each or host.endswith(f".{each}") for each in known)
