"""A publisher that lets Exchange answer by itself: one scheduled window, the neutral text, read back."""

import json
from typing import Any

from boundary_exchange import payloads
from boundary_exchange.connection import Connection
from boundary_exchange.oof import DISABLED, EVERYBODY, SCHEDULED, Replies, as_html, read_replies
from boundary_exchange.problems import Trouble
from boundary_exchange.settings import ReplySettings
from boundary_plugins import (
    Condition,
    Examined,
    Interval,
    ProviderError,
    Publication,
    Refused,
    Services,
    Unavailable,
    WindowResponse,
)

Xml = Any

#: What the therapist's own texts were before the first one of ours, to be put back when we leave.
_BEFORE = "replies-before.json"


class AutomaticReplies:
    """The port `Publisher`, and `Responder`, over the automatic replies of one mailbox.

    Exchange has room for one window, so the coming one is programmed, and the next one when it is over.
    """

    def __init__(self, settings: ReplySettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._settings, self._services = settings, services
        self._connection = Connection(settings, services)
        self._before = services.state_directory / _BEFORE

    def publish(self, publication: Publication) -> bool:
        """Program the coming closed window where it differs. Raises Refused for what is not ours."""
        found = self._read()
        if not found.is_of_ours() and found.answers(_from(publication)):
            raise Refused(
                self._connection.name,
                "somebody else switched the automatic replies of this mailbox on; they are left as they are",
            )
        coming = next((each for each in publication.responses if each.interval.end > publication.as_of), None)
        wanted = self._switched_off(found) if coming is None else _wanted(coming)
        if found.says(wanted) or (coming is None and not found.is_of_ours()):
            return False
        self._refuse_what_is_not_allowed(found)
        self._keep(found)
        self._write(wanted)
        return True

    def answers_during(self, between: Interval) -> tuple[Interval, ...]:
        """When Exchange answers somebody outside, whoever switched it on."""
        return self._read().answers(between)

    def remove(self) -> None:
        """Switch off what is ours, and put back the texts that were there before."""
        found = self._read()
        if found.is_of_ours():
            self._write(self._switched_off(found))
            self._before.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of every connection."""
        self._connection.close()

    def examine(self) -> tuple[Examined, ...]:
        """How the automatic replies stand, and whether the organisation lets them go outside."""
        try:
            return (_examined(self._read()),)
        except ProviderError as error:
            found = str(error).removeprefix(f"{self._connection.name}: ")
            remedy = "see server, sign-in and rights of this publisher"
            return (Examined("automatic replies", Condition.BROKEN, found, remedy),)

    def _read(self) -> Replies:
        """What is set now."""
        try:
            request = payloads.get_replies(self._settings.address)
            (message,) = self._connection.ask("GetUserOofSettings", request)
        except Trouble as trouble:
            raise self._connection.error(trouble) from None
        return read_replies(message)

    def _write(self, wanted: Replies) -> None:
        """Set them, and read back what became of it: some servers change an hour, or leave a text out."""
        request = payloads.set_replies(
            self._settings.address,
            wanted.state,
            wanted.audience,
            wanted.during,
            wanted.internal,
            wanted.external,
        )
        try:
            self._connection.ask("SetUserOofSettings", request)
        except Trouble as trouble:
            raise self._connection.error(trouble) from None
        found = self._read()
        if found.state != wanted.state or (wanted.state != DISABLED and not found.says(wanted)):
            raise Unavailable(
                self._connection.name, "Exchange did not keep the automatic replies as they were set"
            )

    def _refuse_what_is_not_allowed(self, found: Replies) -> None:
        """Raise Refused where a policy keeps the replies inside, so that no client would get one."""
        if found.allowed not in ("", EVERYBODY):
            raise Refused(
                self._connection.name,
                "the organisation does not let automatic replies go outside; an administrator must allow it",
            )

    def _keep(self, found: Replies) -> None:
        """Keep the texts that were there before the first one of ours."""
        if found.is_of_ours() or self._before.exists():
            return
        kept = {"audience": found.audience, "internal": found.internal, "external": found.external}
        try:
            self._before.touch(mode=0o600)
            self._before.write_text(json.dumps(kept))
        except OSError as error:
            raise Unavailable(
                self._connection.name, f"the texts so far cannot be kept ({error.strerror})"
            ) from None

    def _switched_off(self, found: Replies) -> Replies:
        """Off, with the texts that were there before."""
        try:
            kept = json.loads(self._before.read_text())
            return Replies(DISABLED, kept["audience"], None, kept["internal"], kept["external"])
        except (OSError, ValueError, KeyError, TypeError):
            return Replies(DISABLED, found.audience or EVERYBODY, None, "", "")


def _from(publication: Publication) -> Interval:
    """From now on, as far as is published."""
    return Interval(min(publication.as_of, publication.between.start), publication.between.end)


def _wanted(coming: WindowResponse) -> Replies:
    """The neutral text in the coming window, to everybody."""
    html = as_html(coming.text)
    return Replies(SCHEDULED, EVERYBODY, coming.interval, html, html)


def _examined(found: Replies) -> Examined:
    """How the automatic replies stand."""
    part = "automatic replies"
    if found.allowed not in ("", EVERYBODY):
        remedy = "ask an administrator to allow automatic replies to people outside"
        return Examined(part, Condition.BROKEN, "they do not go outside the organisation", remedy)
    if found.state != DISABLED and not found.is_of_ours():
        remedy = "switch them off in Outlook, so that this program can program them"
        return Examined(part, Condition.LOOK, "somebody else switched them on", remedy)
    return Examined(
        part, Condition.OK, "they can be read" if found.state == DISABLED else "they are programmed"
    )
