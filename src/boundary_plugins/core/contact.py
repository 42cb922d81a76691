"""A contact: the event that a client (or a platform on their behalf) got in touch, on any channel."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Channel(Enum):
    """How the contact came (mission: cell, email, snail mail or homing pigeon)."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    VOICEMAIL = "voicemail"
    LETTER = "letter"
    PLATFORM = "platform"
    IN_PERSON = "in person"
    OTHER = "other"


class Topic(Enum):
    """What a contact is about, by simple rules over the Subject; unclassified where none fits."""

    SCHEDULING = "scheduling"
    HOMEWORK = "homework"
    BILLING = "billing"
    UNCLASSIFIED = "unclassified"


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. `client_id` is None for a platform's notification whose client is not known.

    `topic` is a Topic's value or the name a topic rule of a plugin gave. `window_start` and
    `window_end` bound the window of contact hours that it came in.
    """

    client_id: str | None
    channel: Channel
    topic: str
    arrived_at: datetime
    out_of_boundary: bool
    window_start: datetime
    window_end: datetime
    crisis: bool = False
