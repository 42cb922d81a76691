"""An intent becomes a message: the address looked up, the text rendered, the headers set, at sending time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from boundary_plugins.codecs.mime import compose_response, response_fields
from boundary_plugins.core.client import AutoReply
from boundary_plugins.core.message import SubjectMessage, sender_of, subject_of
from boundary_plugins.core.policy import Audience, SubjectForm
from boundary_plugins.core.response import ResponseFacts, Wording, message_id_for
from boundary_plugins.core.response_promise import promised_by
from boundary_plugins.daemon.judging import Judge
from boundary_plugins.daemon.notices import Notices
from boundary_plugins.daemon.served import ServedMailbox
from boundary_plugins.errors import BoundaryError, Gone
from boundary_plugins.ports import OutgoingResponse
from boundary_plugins.rendering import Renderer
from boundary_plugins.store.records import IntentRecord
from boundary_plugins.store.repository import Store

#: What a stranger may read; the other texts are for a client at an address on file.
_FOR_EVERYONE = frozenset({Wording.NEUTRAL, Wording.CRISIS, Wording.RESOURCES_ONLY})


class NotComposable(BoundaryError):
    """The response cannot be made any more."""


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes the message of an intent. Addresses come from the directory, or from the message itself."""

    store: Store
    renderer: Renderer
    judge: Judge
    notices: Notices
    now: Callable[[], datetime]

    def compose(self, intent: IntentRecord, mailbox: ServedMailbox) -> OutgoingResponse:
        """The message, ready to go. Raises NotComposable where none may go, ProviderError to try again."""
        self._check_still_wanted(intent)
        facts = self._facts_now(intent.facts)
        to = self._address_on_file(intent)
        needs_message = to is None or intent.subject_form is SubjectForm.ORIGINAL
        message = self._fetched(intent, mailbox) if needs_message else None
        if to is None:
            to = sender_of(message) if message is not None else None
        if to is None:
            raise NotComposable("the message is no longer there to tell whom to answer")
        rendered = self.renderer.render(
            facts,
            subject_form=intent.subject_form,
            original_subject=subject_of(message) if message is not None else None,
            as_of=self.now(),
        )
        if rendered.warning is not None:
            self.notices.raise_("templates", rendered.warning)
        fields = response_fields(
            response_id=intent.response_id,
            sender=intent.own_address,
            sender_name=self.renderer.display_name(facts),
            to=to,
            subject=rendered.subject,
            date=self.now(),
            message_id=message_id_for(intent.response_id, intent.own_address),
            in_reply_to=intent.in_reply_to,
            references=intent.references,
            language=rendered.language,
        )
        content = compose_response(
            fields, response_id=intent.response_id, text=rendered.plain, html=rendered.html
        )
        return OutgoingResponse(
            intent.response_id, intent.own_address, to, content, answers=intent.provider_id
        )

    def _check_still_wanted(self, intent: IntentRecord) -> None:
        """Raise NotComposable where the client was removed or opted out since the decision."""
        client = self.store.client(intent.client_id) if intent.client_id else None
        if intent.client_id and client is None:
            raise NotComposable("the client is no longer on file")
        if client is not None and (not client.active or client.auto_reply is AutoReply.NEVER):
            raise NotComposable("the client no longer wants automatic responses")

    def _facts_now(self, facts: ResponseFacts) -> ResponseFacts:
        """The facts by the hours as they stand now, which may have been changed since the decision.

        Raises NotComposable where they are open by now: "I am away" would be false.
        """
        at = self.now()
        hours = self.judge.hours_around(at)
        if hours.is_available(at):
            raise NotComposable("contact hours are open by now")
        opening = hours.next_opening(at)
        if opening == facts.next_opening_at:
            return facts
        promise = promised_by(hours, opening, self.judge.policy)
        return replace(facts, next_opening_at=opening, promised_by=promise)

    def _address_on_file(self, intent: IntentRecord) -> str | None:
        """The client's address on file; None where the message itself may tell it (audience everyone).

        A response that was decided for an address on file goes there or nowhere, also where the audience
        was changed meanwhile: else a forged From would learn who is a client.
        """
        if intent.address_id is not None:
            address = self.store.address(intent.address_id)
            if address is not None:
                return address
        elif self.judge.policy.audience is Audience.EVERYONE and intent.facts.wording in _FOR_EVERYONE:
            return None
        raise NotComposable("the client or the address is no longer on file")

    @staticmethod
    def _fetched(intent: IntentRecord, mailbox: ServedMailbox) -> SubjectMessage | None:
        """The message that is answered, None where it was removed meanwhile."""
        try:
            return mailbox.port.fetch(intent.provider_id)
        except Gone:
            return None
