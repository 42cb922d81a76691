"""The reply and its headers: to whom, from whom, under which Subject, in which wording."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from hashlib import sha256

from boundary_plugins.core.address import domain_of, same_address
from boundary_plugins.core.circumstances import Circumstances
from boundary_plugins.core.client import AutoReply, Client
from boundary_plugins.core.language import language_of_response
from boundary_plugins.core.message import (
    SubjectMessage,
    addressed_own,
    author_of,
    message_id_of,
    references_of,
    reverse_path_of,
    sender_of,
)
from boundary_plugins.core.policy import Audience, PromiseKind, ResponsePolicy, SubjectForm


class Wording(Enum):
    """Which text a response carries; every one of them gets crisis resources from the program.

    FULL names the practice; DISCREET neither therapy nor practice; NEUTRAL is the same for clients and
    strangers; CRISIS begins with the resources and has no fee, no offer and no promise; RESOURCES_ONLY
    is the once-a-window addition after an ordinary response was already sent.
    """

    FULL = "full"
    DISCREET = "discreet"
    NEUTRAL = "neutral"
    CRISIS = "crisis"
    RESOURCES_ONLY = "resources only"


@dataclass(frozen=True, slots=True)
class ResponseFacts:
    """What a text needs, and all of it: stored with the intent and rendered when it is sent.

    `next_opening_at` and `promised_by` are aware UTC instants or None; `promised_by` is the *day* of a
    promise in business days. `zone`, `language` and `region` are the client's where on file, else the
    practice's (never the client's for NEUTRAL); between the two, a message may say its own language.
    `discreet` keeps a CRISIS text discreet.
    """

    wording: Wording
    next_opening_at: datetime | None
    promised_by: date | None
    promises_next_opening: bool
    zone: str
    practice_zone: str
    language: str
    region: str | None
    discreet: bool


@dataclass(frozen=True, slots=True)
class Response:
    """A response the core decided. `to` is on file, or (audience everyone) as RFC 3834 section 4 says.

    `response_id` is a hash of own address and Message-ID (or provider id), independent of any store.
    """

    response_id: str
    to: str
    sender: str
    subject_form: SubjectForm
    in_reply_to: str | None
    references: tuple[str, ...]
    facts: ResponseFacts


def response_id_for(own_address: str, message: SubjectMessage) -> str:
    """The same for the same message in any store: 32 hexadecimal digits.

    Made of the own address and the Message-ID, or the provider's id where a message has none.
    """
    identity = message_id_of(message) or message.provider_id
    text = f"{own_address.casefold()}\0{identity}"
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def message_id_for(response_id: str, own_address: str) -> str:
    """The Message-ID of a response: the same whenever it is made, so that it can be looked for."""
    return f"<{response_id}.boundary@{domain_of(own_address)}>"


def response_to(circumstances: Circumstances, wording: Wording, promise: date | None) -> Response | None:
    """Decide to whom, from whom and how; None where no address may be answered.

    With the audience *clients* only an address on file is answered (the reverse-path if it is one, else
    the From): a forged From learns nothing. With *everyone* RFC 3834, section 4 holds: the reverse-path,
    else the From. Never Reply-To.
    """
    message, client, policy = circumstances.message, circumstances.client, circumstances.policy
    everyone = policy.audience is Audience.EVERYONE
    to = sender_of(message) if everyone else _address_on_file(message, client)
    if to is None:
        return None
    own = addressed_own(message, policy.own_addresses) or policy.own_addresses[0]
    message_id = message_id_of(message)
    return Response(
        response_id=response_id_for(own, message),
        to=to,
        sender=own,
        subject_form=policy.subject_form,
        in_reply_to=message_id,
        references=(*references_of(message), *((message_id,) if message_id else ())),
        facts=_facts(circumstances, wording, promise, None if everyone else client),
    )


def neutral_facts(
    policy: ResponsePolicy, next_opening_at: datetime | None, promise: date | None
) -> ResponseFacts:
    """What the text for everyone needs that a provider answers with by itself: nobody's own zone or language."""
    return ResponseFacts(
        wording=Wording.NEUTRAL,
        next_opening_at=next_opening_at,
        promised_by=promise,
        promises_next_opening=policy.promise is PromiseKind.NEXT_OPENING,
        zone=policy.zone,
        practice_zone=policy.zone,
        language=policy.language,
        region=policy.region,
        discreet=True,
    )


def _address_on_file(message: SubjectMessage, client: Client | None) -> str | None:
    """The address of the client, as it stands on file, to which an answer may go."""
    if client is None:
        return None
    for candidate in (reverse_path_of(message), author_of(message)):
        if isinstance(candidate, str):
            for address in client.addresses:
                if same_address(candidate, address):
                    return address
    return None


def _facts(
    circumstances: Circumstances, wording: Wording, promise: date | None, client: Client | None
) -> ResponseFacts:
    """What the text needs, with the client's own zone, language and region where they are on file."""
    policy = circumstances.policy
    return ResponseFacts(
        wording=wording,
        next_opening_at=circumstances.next_opening_at,
        promised_by=promise,
        promises_next_opening=policy.promise is PromiseKind.NEXT_OPENING,
        zone=(client.zone if client else None) or policy.zone,
        practice_zone=policy.zone,
        language=language_of_response(client.language if client else None, circumstances.message, policy),
        region=(client.region if client else None) or policy.region,
        discreet=client is None or client.auto_reply is not AutoReply.FULL,
    )
