"""What went wrong at Exchange, as errors of the program: was it done, will it help to wait, who must act?

The server's own words are never quoted: they may hold an address.
"""

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
)

_BUSY = frozenset(
    {
        "ErrorExceededConnectionCount",
        "ErrorExceededFindCountLimit",
        "ErrorInsufficientResources",
        "ErrorNotEnoughMemory",
        "ErrorServerBusy",
        "ErrorTooManyObjectsOpened",
    }
)
_GONE = frozenset(
    {
        "ErrorInvalidId",
        "ErrorInvalidIdEmpty",
        "ErrorInvalidIdMalformed",
        "ErrorItemNotFound",
        "ErrorObjectTypeChanged",
    }
)
#: By code, what somebody who administers the server must allow, or the user must mend.
_NOT_ALLOWED = {
    "ErrorAccessDenied": "the sign-in may not use this mailbox",
    "ErrorAccountDisabled": "the account is disabled",
    "ErrorCreateItemAccessDenied": "the sign-in may not write into this mailbox",
    "ErrorFolderNotFound": "the sign-in may not see this mailbox's folders",
    "ErrorImpersonateUserDenied": "the sign-in may not impersonate the mailbox's owner (ApplicationImpersonation)",
    "ErrorImpersonationDenied": "the sign-in may not impersonate the mailbox's owner (ApplicationImpersonation)",
    "ErrorImpersonationFailed": "the sign-in may not impersonate the mailbox's owner (ApplicationImpersonation)",
    "ErrorNonExistentMailbox": "there is no such mailbox, or EWS is switched off for it",
    "ErrorOrganizationAccessBlocked": "EWS is blocked in this organisation",
    "ErrorPasswordChangeRequired": "the password must be changed",
    "ErrorPasswordExpired": "the password has expired",
    "ErrorUserNotAllowedByPolicy": "a policy does not allow it",
}
_REFUSED = {
    "ErrorInvalidRecipients": "a recipient is not accepted",
    "ErrorInvalidSmtpAddress": "an address is not accepted",
    "ErrorMessageBlocked": "the message was blocked",
    "ErrorMessageSizeExceeded": "the message is too large",
    "ErrorMessageSubmissionBlocked": "the account may not send at the moment",
    "ErrorMimeContentInvalid": "the message is not accepted",
    "ErrorMissingRecipients": "a recipient is missing",
    "ErrorSendAsDenied": "the sign-in may not send as this address (Send As)",
}
#: An answer that comes before anything was done, by its status.
_SURELY_NOT_DONE = (301, 302, 307, 308, 400, 404, 405, 407, 413, 415)


@dataclass(eq=False)
class Trouble(Exception):
    """Something that Exchange, or the way to it, did not do.

    `code` is EWS's response code, `status` the HTTP status, `wait` the seconds to wait as far as they were
    told; `reached` False where no request can have arrived; `words` for a person.
    """

    code: str = ""
    status: int = 0
    wait: float | None = None
    reached: bool = True
    words: str = ""


def as_error(trouble: Trouble, name: str, now: datetime, *, acts: bool = False) -> ProviderError:
    """The program's error; with `acts` a request that sends mail, so that a doubt must be told as one."""
    retry_at = now + timedelta(seconds=trouble.wait) if trouble.wait else None
    code, status = trouble.code, trouble.status
    if code in _BUSY or status == 429:
        return RateLimited(name, "Exchange asks for patience", retry_at=retry_at)
    if code in _NOT_ALLOWED:
        return AuthorizationNeeded(name, _NOT_ALLOWED[code])
    if status == 401:
        return AuthorizationNeeded(name, "Exchange does not take the sign-in")
    if status == 403:
        return AuthorizationNeeded(name, "Exchange does not allow EWS for this sign-in")
    if code in _REFUSED:
        return Refused(name, _REFUSED[code])
    if acts and trouble.reached and status not in _SURELY_NOT_DONE:
        return OutcomeUnknown(name, _what(trouble))
    if code in _GONE:
        return Gone(name, "it is no longer in the mailbox")
    return Unavailable(name, _what(trouble), retry_at=retry_at)


def _what(trouble: Trouble) -> str:
    """What is known of it, in words."""
    if trouble.words:
        return trouble.words
    return f"Exchange answered {trouble.code or f'with status {trouble.status}'}"
