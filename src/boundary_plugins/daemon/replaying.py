"""History carried along a replay of past mail: what would have been answered before, and what the therapist wrote."""

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from boundary_plugins.core.decision import Decision
from boundary_plugins.core.history import History, PastResponse
from boundary_plugins.core.response import Wording
from boundary_plugins.store.records import Sender

_DAY, _HOUR, _REMEMBERED = timedelta(hours=24), timedelta(hours=1), timedelta(days=60)


class ReplayedHistory:
    """What the store would hold, had the program run then. Messages come in the order of their arrival."""

    def __init__(self) -> None:
        """Begin with nothing answered."""
        self._responses: dict[str, deque[PastResponse]] = defaultdict(deque)
        self._wrote: dict[str, deque[datetime]] = defaultdict(deque)
        self._sent_to: dict[str, deque[datetime]] = defaultdict(deque)
        self._sent_to_domain: dict[str, deque[datetime]] = defaultdict(deque)
        self._sent: deque[datetime] = deque()

    def before(self, sender: Sender, at: datetime) -> History:
        """What bears on a message of this sender at the instant."""
        who = sender.lock or ""
        return History(
            responses=tuple(_recent(self._responses[who], at - _REMEMBERED)),
            therapist_wrote_at=tuple(wrote for wrote in self._wrote[who] if wrote > at - _REMEMBERED),
            responses_to_sender=_count(self._sent_to[sender.address or ""], at - _DAY),
            responses_to_domain=_count(self._sent_to_domain[sender.domain or ""], at - _DAY),
            responses_from_mailbox=_count(self._sent, at - _HOUR),
        )

    def answered(self, sender: Sender, decision: Decision, at: datetime) -> None:
        """Carry a response along, if the decision has one."""
        if decision.response is None:
            return
        only = decision.response.facts.wording is Wording.RESOURCES_ONLY
        made = PastResponse(at, decision.window.interval.end, only)
        self._responses[sender.lock or ""].append(made)
        self._sent_to[sender.address or ""].append(at)
        self._sent_to_domain[sender.domain or ""].append(at)
        self._sent.append(at)

    def therapist_wrote(self, recipients: Iterable[Sender], at: datetime) -> None:
        """Carry along whom the therapist wrote to."""
        for recipient in recipients:
            self._wrote[recipient.lock or ""].append(at)


def _recent(responses: deque[PastResponse], since: datetime) -> deque[PastResponse]:
    """The responses since then; older ones are forgotten for good."""
    while responses and responses[0].at < since:
        responses.popleft()
    return responses


def _count(instants: deque[datetime], since: datetime) -> int:
    """How many since then; older ones are forgotten for good."""
    while instants and instants[0] <= since:
        instants.popleft()
    return len(instants)
