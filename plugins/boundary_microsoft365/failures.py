"""What an answer of Graph means that is an error: one of the program's own, without a word of its payload."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from boundary_plugins import (
    AuthorizationNeeded,
    Gone,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    retry_after,
)

#: A mailbox that Graph does not serve is on an Exchange Server.
NOT_ONLINE = frozenset(
    {"MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI", "MailboxNotHostedInExchangeOnline"}
)
_NO_SUCH_MAILBOX = frozenset({"ErrorInvalidUser", "Request_ResourceNotFound", "ErrorNonExistentMailbox"})
#: Refusals that no permission would lift.
_NOT_YOURS = frozenset({"ErrorSendAsDenied", "ErrorInvalidRecipients", "ErrorMessageSubmissionBlocked"})
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}\Z")
#: Where an answer asks for patience and does not say how much.
_PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Failure:
    """What is told of an answer: its status, Graph's word for it, the request's id, and until when to wait."""

    status: int
    code: str
    request_id: str
    retry_at: datetime | None

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], content: bytes, at: datetime) -> "Failure":
        """Read an answer that came at `at`; of its body only the code."""
        patience = retry_after(headers.get("Retry-After"), at)
        if patience is None and status == 429:
            patience = at + _PATIENCE
        request_id = headers.get("request-id", "")
        return cls(status, _code(content), request_id if _CODE.match(request_id) else "", patience)

    def __str__(self) -> str:
        """As errors say it."""
        told = (f"{self.status}", self.code, f"request {self.request_id}" if self.request_id else "")
        return ", ".join(each for each in told if each)


def is_denied(status: int) -> bool:
    """Whether the token was not accepted."""
    return status == 401


def error_of(failure: Failure, name: str, *, acts: bool) -> ProviderError:
    """What a failure means; with `acts` it may have been done."""
    status, retry_at = failure.status, failure.retry_at
    if failure.code in NOT_ONLINE:
        problem = 'the mailbox is not in Exchange Online but on an Exchange Server: use the kind "exchange"'
        return Refused(name, f"{problem} ({failure})")
    if failure.code in _NO_SUCH_MAILBOX:
        return Refused(name, f"there is no such mailbox; see the key account ({failure})")
    if status == 401:
        problem = "Microsoft does not accept the sign-in any more; run: boundary microsoft365 authorize"
        return AuthorizationNeeded(name, f"{problem} ({failure})")
    if status == 403 and failure.code not in _NOT_YOURS:
        problem = "the sign-in lacks a permission, which you or an administrator must grant"
        return AuthorizationNeeded(name, f"{problem} ({failure})")
    if status in (404, 410):
        return Gone(name, f"it is no longer there ({failure})")
    if status == 429:
        return RateLimited(name, f"Microsoft asks for patience ({failure})", retry_at=retry_at)
    if acts and (status >= 500 or status == 408):
        return OutcomeUnknown(name, f"Microsoft failed while it was asked to act ({failure})")
    if status >= 500 or status == 408:
        return Unavailable(name, f"Microsoft is not available ({failure})", retry_at=retry_at)
    return Refused(name, f"Microsoft refused it ({failure})")


def _code(content: bytes) -> str:
    """Graph's word for an error; "" where there is none, or something that is more than a word."""
    try:
        error = json.loads(content)["error"]
        code = str(error["code"])
    except (ValueError, KeyError, TypeError):
        return ""
    return code if _CODE.match(code) else ""
