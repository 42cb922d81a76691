"""What an answer's status means for us: the error it is, in a sentence, without any of the answer's text."""

from datetime import datetime

from boundary_caldav.parse import precondition
from boundary_plugins import (
    AuthorizationNeeded,
    Gone,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unsupported,
    retry_after,
)

#: Conditions of WebDAV and CalDAV (RFC 4918, 4791, 5397, 6578) that a server may say are not met.
_CONDITIONS = {
    "need-privileges": "this account may not do that there",
    "no-uid-conflict": "another entry has the same UID",
    "max-resource-size": "the server takes nothing so large",
    "number-of-matches-within-limits": "the server does not answer about so much at once",
    "quota-not-exceeded": "the account has no room left",
    "sufficient-disk-space": "the server has no room left",
    "supported-calendar-component": "the calendar takes no entries of this kind",
    "supported-calendar-data": "the server does not take this form of calendar",
    "valid-calendar-data": "the server does not take it for a calendar",
    "valid-calendar-object-resource": "the server does not take it for an entry",
    "cannot-modify-protected-property": "the server lets nobody change that",
}


class PlaceLost(Unavailable):
    """The server no longer knows where we left off; everything is compared anew."""


class ChangedMeanwhile(Unavailable):
    """What was to be written was changed on the server meanwhile; it is tried again."""


class NoDav(Unavailable):
    """What answers there is no CalDAV server; it may be a page that wants a sign-in to the network."""


class Forbidden(AuthorizationNeeded):
    """The account may not do that there."""


def problem(
    name: str, status: int, body: bytes, *, method: str, wait: str | None, now: datetime
) -> ProviderError:
    """The error that an answer means; `wait` is its Retry-After, `now` aware and UTC."""
    condition = precondition(body)
    if condition == "valid-sync-token":
        return PlaceLost(name)
    if condition == "supported-report" or status in (405, 501):
        return Unsupported(name, f"{condition or method} there")
    if condition in _CONDITIONS:
        return Refused(name, f"{_CONDITIONS[condition]} ({status})")
    if status == 403:
        return Forbidden(name, "the server does not let this account in (403)")
    if status in (404, 410):
        return Gone(name, f"there is nothing at its address ({status})")
    if status == 412:
        return ChangedMeanwhile(name)
    if status == 429:
        return RateLimited(name, "the server asks for patience (429)", retry_at=retry_after(wait, now))
    if status == 507:
        return Refused(name, "the server has no room left (507)")
    if status >= 500 or status in (408, 423, 425):
        return Unavailable(name, f"the server answered {status}", retry_at=retry_after(wait, now))
    return Refused(name, f"the server answered {status}")
