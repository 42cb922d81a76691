"""The therapist's own mail as Gmail keeps it, read in batches and no further back than anybody asks."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from boundary_google.client import BATCH
from boundary_google.gmail import Gmail
from boundary_google.parse import SENT_FIELDS, Json, sent_message
from boundary_plugins import SENT_LOOKBACK, Gone, ProviderError, SentMessage

#: Nobody writes more in that time.
MOST = 3000


def read_sent(gmail: Gmail, ids: Sequence[str], fields: Sequence[str] = SENT_FIELDS) -> list[Json]:
    """The messages with these fields; what is gone is left out. Raises ProviderError where one failed."""
    found: list[Json] = []
    for each in gmail.headers(ids, fields):
        if isinstance(each, Gone):
            continue
        if isinstance(each, ProviderError):
            raise each
        found.append(each)
    return found


def sent_lately(gmail: Gmail, at: datetime) -> tuple[list[SentMessage], bool]:
    """What was sent as far back as a decision looks, the newest first, and whether that is all of it."""
    listed, found = gmail.listed("SENT"), list[SentMessage]()
    while len(found) < MOST:
        ids = tuple(islice(listed, BATCH))
        messages = [sent_message(each) for each in read_sent(gmail, ids)]
        fresh = [each for each in messages if each.sent_at >= at - SENT_LOOKBACK]
        found += fresh
        if len(fresh) < len(messages) or len(ids) < BATCH:
            return found, True
    return found, False
