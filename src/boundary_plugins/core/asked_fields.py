"""Which header fields a decision asks for, for a mailbox that can fetch some of them alone."""

from boundary_plugins.core.message import RECIPIENT_FIELDS
from boundary_plugins.core.message_rules import FIELDS_LOOKED_AT

#: In lower case. With these alone every message is judged as with all its fields.
ASKED_FIELDS = (
    FIELDS_LOOKED_AT
    | frozenset(RECIPIENT_FIELDS)
    | {"content-language", "from", "in-reply-to", "message-id", "references", "return-path"}
)
