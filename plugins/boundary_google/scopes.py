"""Google's scopes: what each use of a sign-in needs, and which scope includes another."""

from collections.abc import Iterable

_AUTH = "https://www.googleapis.com/auth/"
FULL_MAIL = "https://mail.google.com/"
GMAIL_METADATA = f"{_AUTH}gmail.metadata"
GMAIL_READONLY = f"{_AUTH}gmail.readonly"
GMAIL_SEND = f"{_AUTH}gmail.send"
GMAIL_MODIFY = f"{_AUTH}gmail.modify"
GMAIL_SETTINGS = f"{_AUTH}gmail.settings.basic"
CALENDAR = f"{_AUTH}calendar"
CALENDAR_READONLY = f"{_AUTH}calendar.readonly"
CALENDAR_EVENTS = f"{_AUTH}calendar.events"
CALENDAR_EVENTS_READONLY = f"{_AUTH}calendar.events.readonly"
PUBSUB = f"{_AUTH}pubsub"

#: The scopes that give all that a scope gives, and more.
_WIDER = {
    GMAIL_METADATA: frozenset({GMAIL_READONLY, GMAIL_MODIFY, FULL_MAIL}),
    GMAIL_READONLY: frozenset({GMAIL_MODIFY, FULL_MAIL}),
    GMAIL_SEND: frozenset({GMAIL_MODIFY, FULL_MAIL}),
    GMAIL_MODIFY: frozenset({FULL_MAIL}),
    CALENDAR_READONLY: frozenset({CALENDAR}),
    CALENDAR_EVENTS: frozenset({CALENDAR}),
    CALENDAR_EVENTS_READONLY: frozenset({CALENDAR_EVENTS, CALENDAR_READONLY, CALENDAR}),
}


def missing(needed: Iterable[str], granted: frozenset[str]) -> tuple[str, ...]:
    """The needed scopes that nothing granted gives, in the order of their names."""
    return tuple(sorted(each for each in needed if not granted & {each, *_WIDER.get(each, ())}))


def least(needed: Iterable[str]) -> frozenset[str]:
    """The needed scopes without those that another of them gives anyway."""
    every = frozenset(needed)
    return frozenset(each for each in every if not every & _WIDER.get(each, frozenset()))


def in_words(scopes: Iterable[str]) -> str:
    """Scopes as Google's own pages call them: "gmail.metadata, gmail.send"."""
    return ", ".join(sorted(each.removeprefix(_AUTH) for each in scopes))
