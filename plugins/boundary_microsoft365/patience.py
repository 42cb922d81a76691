"""What all who ask for one mailbox share: how many of them ask at once, and until when nobody may."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

#: So many requests may be under way at once for one mailbox; more are refused.
AT_ONCE = 4


@dataclass(slots=True)
class Patience:
    """The patience of one mailbox, in this process."""

    turns: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    quiet_until: datetime | None = None


_KNOWN: dict[tuple[str, str], Patience] = {}
_LOCK = threading.Lock()


def patience_for(endpoint: str, mailbox: str) -> Patience:
    """That of a mailbox, the same for whoever asks."""
    with _LOCK:
        return _KNOWN.setdefault((endpoint, mailbox), Patience())
