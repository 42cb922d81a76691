"""How a sign-in and a Gmail mailbox stand, for `boundary doctor`: nothing is sent, written or marked."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from boundary_google import scopes
from boundary_google.client import GoogleClient
from boundary_google.failures import SIGN_IN_AGAIN
from boundary_google.gmail import Gmail
from boundary_google.settings import GmailSettings
from boundary_plugins import Condition, Examined, Gone, ProviderError

_SOON = timedelta(days=2)
_WRITERS = frozenset({"owner", "writer", "writerWithoutPrivateAccess"})
_SEES_SETTINGS = (scopes.GMAIL_SETTINGS, scopes.GMAIL_READONLY, scopes.GMAIL_MODIFY, scopes.FULL_MAIL)


def mailbox_examined(
    client: GoogleClient, gmail: Gmail, settings: GmailSettings, at: datetime
) -> tuple[Examined, ...]:
    """The sign-in, the mailbox, Gmail's own responder and the further addresses."""
    signed_in = sign_in_examined(client, at)
    if signed_in.condition is Condition.BROKEN:
        return (signed_in,)
    return (signed_in, *_mailbox(client, gmail, settings))


def sign_in_examined(client: GoogleClient, at: datetime) -> Examined:
    """Whether there is a sign-in, and whether it will last."""
    part = "sign-in"
    try:
        kept = client.kept()
    except ProviderError as error:
        return Examined(part, Condition.BROKEN, _found(error, client), "run: boundary google authorize")
    if kept.is_service_account:
        return Examined(part, Condition.OK, "a service account acts in the therapist's name")
    if kept.ends_at is not None:
        left = kept.ends_at - at
        days = max(left.days, 0)
        found = f'it ends in {days} days, because the Cloud project is in "Testing"'
        remedy = 'publish the project on its OAuth consent screen ("In production"), then sign in again'
        return Examined(part, Condition.BROKEN if left < _SOON else Condition.LOOK, found, remedy)
    return Examined(part, Condition.OK, f"it allows {scopes.in_words(kept.scopes)}")


def events_examined(
    client: GoogleClient, calendars: Sequence[str], at: datetime, *, is_written: bool = False
) -> tuple[Examined, ...]:
    """The sign-in, and each calendar; with `is_written` whether events may be written there."""
    signed_in = sign_in_examined(client, at)
    if signed_in.condition is Condition.BROKEN:
        return (signed_in,)
    names = [f"calendar {number}" for number in range(1, len(calendars) + 1)]
    found = [
        _tried(name, client, partial(_events, name, client, calendar, is_written=is_written))
        for name, calendar in zip(names if len(names) > 1 else ["calendar"], calendars, strict=True)
    ]
    return (signed_in, *found)


def vacation_examined(
    client: GoogleClient, responder: Callable[[], Examined], at: datetime
) -> tuple[Examined, ...]:
    """The sign-in, and Gmail's own responder."""
    signed_in = sign_in_examined(client, at)
    if signed_in.condition is Condition.BROKEN:
        return (signed_in,)
    return (signed_in, _tried("vacation responder", client, responder))


def _events(part: str, client: GoogleClient, calendar: str, *, is_written: bool) -> Examined:
    """Whether a calendar is there, and what the account may do in it."""
    asked = {"calendarId": calendar, "maxResults": 1, "fields": "accessRole"}
    try:
        role = client.read(client.resource("calendar", "v3", "events").list(**asked)).get("accessRole", "")
    except Gone:
        found = "it is not there, or not shared with this account"
        return Examined(part, Condition.BROKEN, found, "give its ID as Google's settings of it show it")
    if is_written and role not in _WRITERS:
        found = "this account may not write into it"
        return Examined(part, Condition.BROKEN, found, "let its owner share it to make changes to events")
    if role == "freeBusyReader":
        found = "it answers, and gives busy times only; out of office is not told apart"
        return Examined(part, Condition.LOOK, found, "let its owner share all event details")
    return Examined(part, Condition.OK, "it answers; no title is asked for")


def _mailbox(client: GoogleClient, gmail: Gmail, settings: GmailSettings) -> Iterator[Examined]:
    """The parts that Google is asked for."""
    try:
        gmail.profile()
    except ProviderError as error:
        yield Examined("Gmail", Condition.BROKEN, _found(error, client), "it is tried again at each look")
        return
    what = "header fields" if settings.read == "headers" else "header fields and the structure of messages"
    yield Examined("Gmail", Condition.OK, f"it answers, and gives {what}; texts are not read")
    if settings.watch_topic:
        yield _tried("watch", client, lambda: _watch(client, settings))
    if not client.has_scope(*_SEES_SETTINGS):
        yield _responder_unseen()
        return
    yield _tried("Gmail's own responder", client, lambda: _responder(gmail))
    yield _tried("addresses", client, lambda: _addresses(gmail))


def _tried(part: str, client: GoogleClient, examine: Callable[[], Examined]) -> Examined:
    """One part, or why it cannot be seen."""
    try:
        return examine()
    except ProviderError as error:
        return Examined(part, Condition.LOOK, _found(error, client), "look at it in Google's own pages")


def _watch(client: GoogleClient, settings: GmailSettings) -> Examined:
    """Whether the subscription is there, and is one of the topic that Gmail tells."""
    subscriptions = client.resource("pubsub", "v1", "projects", "subscriptions")
    found = client.read(subscriptions.get(subscription=settings.watch_subscription, fields="topic"))
    if found.get("topic") != settings.watch_topic:
        told = "its subscription is of another topic, so nothing is told"
        return Examined("watch", Condition.BROKEN, told, "make watch_topic and watch_subscription agree")
    return Examined("watch", Condition.OK, "its subscription is there")


def _responder_unseen() -> Examined:
    """What header fields alone do not tell."""
    return Examined(
        "Gmail's own responder",
        Condition.LOOK,
        "whether it is on cannot be seen with this sign-in; together with this program there would be two answers",
        "see in Gmail's settings that the vacation responder is off",
    )


def _responder(gmail: Gmail) -> Examined:
    """Whether Gmail answers by itself, too."""
    if gmail.vacation().get("enableAutoReply"):
        found = "it is switched on; unless this program did that, there may be two answers"
        return Examined("Gmail's own responder", Condition.LOOK, found, "switch one of the two off")
    return Examined("Gmail's own responder", Condition.OK, "it is switched off")


def _addresses(gmail: Gmail) -> Examined:
    """How many addresses the account has; each one should be an own address."""
    count = len(gmail.send_as())
    found = "the account sends from one address"
    if count > 1:
        found = f"the account sends from {count} addresses; each should stand in [therapist] addresses"
    return Examined("addresses", Condition.OK, found)


def _found(error: ProviderError, client: GoogleClient) -> str:
    """What is wrong, without the name of what is examined and what is to be done."""
    return str(error).removeprefix(f"{client.name}: ").removesuffix(f"; {SIGN_IN_AGAIN}")
