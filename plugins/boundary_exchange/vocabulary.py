"""The names of EWS that requests and answers share: namespaces, folders, and the properties that are asked for."""

from dataclasses import dataclass

from boundary_plugins import RESPONSE_HEADER

TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"

INBOX, SENT, DRAFTS, OUTBOX, DELETED = "inbox", "sentitems", "drafts", "outbox", "deleteditems"
CALENDAR = "calendar"

#: Whose property an entry bears that this program made: a name space of its own, drawn by lot once.
OURS = "6f0b7a54-5c0e-4b43-9a3c-2d1d1f3f6a11"


@dataclass(frozen=True, slots=True)
class Extended:
    """A property of MAPI that EWS has no name for: by its tag, or by its name in a set.

    `kind` is its type in EWS ("String", "Integer").
    """

    kind: str = "String"
    tag: str | None = None
    name: str | None = None
    distinguished_set: str | None = None
    own_set: str | None = None


#: The header block as it arrived; the named element of EWS holds only some of the fields.
TRANSPORT_HEADERS = Extended(tag="0x7D")
#: The spam confidence level: -1 is trusted, 0 to 4 is no spam, 5 to 9 is.
SPAM_CONFIDENCE = Extended("Integer", tag="0x4076")
#: What X-Auto-Response-Suppress is on the inside; as a field of a MIME message Exchange drops it.
SUPPRESS_RESPONSES = Extended("Integer", tag="0x3FDF")
RESPONSE_ID = Extended(name=RESPONSE_HEADER, distinguished_set="InternetHeaders")
AUTO_SUBMITTED = Extended(name="Auto-Submitted", distinguished_set="InternetHeaders")
#: What marks an entry in a calendar as ours, and tells what it shows.
ENTRY = Extended(name="BoundaryEntry", own_set=OURS)

#: A field by its name in EWS ("item:Categories"), or a property that has none.
Field = str | Extended
