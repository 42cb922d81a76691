"""The automatic replies of a mailbox as a responder: scheduled for the coming closed window, and read back."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from boundary_microsoft365 import parse
from boundary_microsoft365.client import Graph
from boundary_microsoft365.examination import examined_path
from boundary_microsoft365.kept_state import KeptState
from boundary_microsoft365.mailbox_settings import read_settings, write_settings
from boundary_microsoft365.settings import RepliesSettings
from boundary_plugins import (
    UNKNOWN,
    Examined,
    Interval,
    Publication,
    Refused,
    Services,
    Unknown,
    WindowResponse,
    intersection,
)

Json = Mapping[str, Any]

_SETTING = "automaticRepliesSetting"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class _Replies:
    """What the mailbox answers by itself: when (None: always), and a digest of its texts."""

    is_on: bool
    reaches_outside: bool
    interval: Interval | None
    digest: str

    @property
    def mark(self) -> str:
        """What tells it from any other."""
        span = (self.interval.start, self.interval.end) if self.interval else ()
        return _digest(*(f"{at.isoformat()}" for at in span), self.digest)


class RepliesPublisher:
    """The ports `Publisher` and `Responder` over a mailbox's automatic replies."""

    def __init__(self, settings: RepliesSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._services, self._name = services, services.name or "publisher"
        self._graph = Graph(settings, services)
        self._state = KeptState(services.state_directory / "replies.json", self._name)

    def publish(self, publication: Publication) -> bool:
        """Schedule the coming window where it is not yet; whether something was written.

        Raises Refused where somebody else's replies are on, ProviderError.
        """
        found = self._read()
        if self._is_somebody_elses(found, publication.as_of):
            raise Refused(
                self._name,
                "automatic replies were switched on by somebody else, and are left as they are; "
                "switch them off in Outlook, or take this publisher out of the configuration",
            )
        coming = next((each for each in publication.responses if each.interval.end > publication.as_of), None)
        if coming is None:
            return self._switch_off(found)
        wanted = _wanted(coming)
        if found.is_on and found.reaches_outside and found.mark == wanted.mark:
            return False
        self._write(coming, wanted)
        return True

    def answers_during(self, between: Interval) -> tuple[Interval, ...] | Unknown:
        """When the mailbox answers people outside, by whomever it was told to; UNKNOWN where it does not say."""
        told = read_settings(self._graph, _SETTING)
        if _is_unreadable(told):
            return UNKNOWN
        found = _replies(told)
        if not (found.is_on and found.reaches_outside):
            return ()
        return (between,) if found.interval is None else intersection((found.interval,), (between,))

    def remove(self) -> None:
        """Switch off what was scheduled by this program, and only that."""
        found = self._read()
        if found.is_on and not self._is_ours(found):
            return
        self._switch_off(found)

    def close(self) -> None:
        """Let go of every connection."""
        self._graph.close()

    def examine(self) -> tuple[Examined, ...]:
        """The mailbox's settings, by asking for them."""
        return examined_path(
            self._graph, "automatic replies", "/mailboxSettings", "MailboxSettings.ReadWrite"
        )

    def _read(self) -> _Replies:
        """What the mailbox answers now."""
        return _replies(read_settings(self._graph, _SETTING))

    def _is_ours(self, found: _Replies) -> bool:
        """Whether this program told it to."""
        return self._state.read().get("mark") == found.mark

    def _is_somebody_elses(self, found: _Replies, at: datetime) -> bool:
        """Whether it answers, or will, and this program did not tell it to."""
        if not found.is_on or self._is_ours(found):
            return False
        return found.interval is None or found.interval.end > at

    def _switch_off(self, found: _Replies) -> bool:
        """Let the mailbox answer nobody, where it was ours; whether something was written."""
        if not self._state.read():
            return False
        if found.is_on:
            emptied = {"status": "disabled", "internalReplyMessage": "", "externalReplyMessage": ""}
            write_settings(self._graph, {_SETTING: emptied})
        self._state.forget()
        return found.is_on

    def _write(self, coming: WindowResponse, wanted: _Replies) -> None:
        """Schedule a window, and see that the mailbox keeps it as it was told. Raises Refused."""
        text = _page(coming.text)
        setting = {
            "status": "scheduled",
            "externalAudience": "all",
            "scheduledStartDateTime": parse.utc_moment(coming.interval.start),
            "scheduledEndDateTime": parse.utc_moment(coming.interval.end),
            "internalReplyMessage": text,
            "externalReplyMessage": text,
        }
        # Written down first: what is found after a stop in between is ours.
        self._state.write({"mark": wanted.mark})
        write_settings(self._graph, {_SETTING: setting})
        if self._read().mark != wanted.mark:
            raise Refused(
                self._name,
                "the mailbox keeps other automatic replies than it was told; please look in Outlook",
            )


def _wanted(coming: WindowResponse) -> _Replies:
    """What the mailbox should answer in a window; Graph keeps whole seconds."""
    start, end = (at.replace(microsecond=0) for at in (coming.interval.start, coming.interval.end))
    text = _plain(_page(coming.text))
    return _Replies(True, True, Interval(start, end), _digest(text, text))


def _replies(setting: Json) -> _Replies:
    """What a setting says; a schedule that cannot be read is taken for one without an end."""
    status = setting.get("status")
    texts = (
        _plain(str(setting.get(name) or "")) for name in ("internalReplyMessage", "externalReplyMessage")
    )
    return _Replies(
        status != "disabled",
        setting.get("externalAudience") != "none",
        _schedule(setting) if status == "scheduled" else None,
        _digest(*texts),
    )


def _is_unreadable(setting: Json) -> bool:
    """Whether there is a schedule that cannot be read."""
    return setting.get("status") == "scheduled" and _schedule(setting) is None


def _schedule(setting: Json) -> Interval | None:
    """From when to when; None where that cannot be read."""
    start, end = (
        parse.zoned_instant(setting.get(name) or {})
        for name in ("scheduledStartDateTime", "scheduledEndDateTime")
    )
    return Interval(start, end) if start is not None and end is not None and start < end else None


def _page(text: str) -> str:
    """A text as HTML, which Exchange keeps automatic replies in: paragraphs, and lines in them."""
    paragraphs = [part for part in text.strip().split("\n\n") if part.strip()]
    return "".join(f"<p>{'<br>'.join(html.escape(part).splitlines())}</p>" for part in paragraphs)


def _plain(page: str) -> str:
    """The words of a page, which Exchange wraps and indents as it likes."""
    return " ".join(html.unescape(_TAG.sub(" ", page)).split())


def _digest(*texts: str) -> str:
    """What tells texts from others without keeping them."""
    return sha256("\0".join(texts).encode()).hexdigest()
