"""Google's errors as this program's: wait, ask a person, refused, or nobody knows; without their texts."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from boundary_plugins import (
    AuthorizationNeeded,
    Gone,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)

SIGN_IN_AGAIN = "sign in with: boundary google authorize"
_PATIENCE = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED"})
_DAILY = frozenset({"dailyLimitExceeded", "dailyLimitExceededUnreg"})
_NOT_SWITCHED_ON = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_NOT_ALLOWED = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "authError"})
#: An administrator of a Workspace must allow it first.
_ADMINISTRATOR = frozenset({"domainPolicy", "forbiddenForServiceAccounts", "delegationDenied"})
#: The day is California's, so whether it is over is asked now and then.
_NOW_AND_THEN = timedelta(hours=1)
_RETRY_AFTER = re.compile(r"Retry after (\d{4}-\d\d-\d\dT[\d:.]+Z)")


class ChangedMeanwhile(Unavailable):
    """What was to be written was changed at Google meanwhile; it is tried again."""


class AlreadyThere(Refused):
    """Something else, or what was deleted, has the same name at Google."""


_KINDS: Mapping[int, type[ProviderError]] = {404: Gone, 409: AlreadyThere, 410: Gone, 412: ChangedMeanwhile}


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer of Google's that is an error: its status, its own word for the reason, when to come again."""

    status: int
    reason: str = ""
    retry_at: datetime | None = None


def failure_of(status: int, headers: Mapping[str, str], content: bytes, at: datetime) -> Failure:
    """What an answer says; `at` is now (aware, UTC). Of its text nothing is kept but an instant."""
    try:
        error = json.loads(content)["error"]
        listed = [*error.get("errors", ()), *error.get("details", ())]
        reasons = [str(each["reason"]) for each in listed if "reason" in each]
        message = str(error.get("message", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        reasons, message = [], ""
    return Failure(status, reasons[0] if reasons else "", _retry_at(headers, message, at))


def error_of(failure: Failure, provider: str, at: datetime, *, acting: bool) -> ProviderError:
    """The error that the program understands; with `acting` something was to be done, and not only read."""
    status, reason = failure.status, failure.reason
    said = f"Google answered {status}" + (f" ({reason})" if reason.isascii() and reason.isalnum() else "")
    if status == 401 or reason in _NOT_ALLOWED:
        return AuthorizationNeeded(provider, f"{said}; {SIGN_IN_AGAIN}")
    if reason in _NOT_SWITCHED_ON:
        return AuthorizationNeeded(provider, f"{said}: the API is not switched on in the Cloud project")
    if reason in _ADMINISTRATOR:
        return AuthorizationNeeded(provider, f"{said}: the administrator of the Workspace must allow it")
    if status == 403 and reason in _DAILY:
        return RateLimited(provider, said, retry_at=failure.retry_at or at + _NOW_AND_THEN)
    if status == 429 or (status == 403 and reason in _PATIENCE):
        return RateLimited(provider, said, retry_at=failure.retry_at)
    if status in _KINDS:
        return _KINDS[status](provider, said)
    if status >= 500 or status == 408:
        return _unwell(failure, provider, said, acting=acting)
    return Refused(provider, said)


def _unwell(failure: Failure, provider: str, said: str, *, acting: bool) -> ProviderError:
    """Google failed; whether it had acted before, nobody knows."""
    if acting:
        return OutcomeUnknown(provider, said)
    return Unavailable(provider, said, retry_at=failure.retry_at)


def _retry_at(headers: Mapping[str, str], message: str, at: datetime) -> datetime | None:
    """When to come again: the Retry-After field (RFC 9110, section 10.2.3), else what Gmail writes in words."""
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), "")
    if value.strip().isdigit():
        return at + timedelta(seconds=min(int(value), 24 * 3600))
    found = _RETRY_AFTER.search(message)
    try:
        if found:
            return datetime.fromisoformat(found[1]).astimezone(UTC)
        instant = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
