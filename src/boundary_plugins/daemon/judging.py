"""One message judged: who writes, the hours around its arrival, what was answered before, the decision.

The daemon, `run --dry-run` and `explain` all judge here, so that what is explained is what is done.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from boundary_plugins.core.address import canonical, is_forwarding_path
from boundary_plugins.core.availability import ContactHours
from boundary_plugins.core.client import Client
from boundary_plugins.core.decision import Appraisal, Classification, Decision, appraise, decide
from boundary_plugins.core.fact import Unknown
from boundary_plugins.core.history import History
from boundary_plugins.core.message import SubjectMessage, author_of, reverse_path_of
from boundary_plugins.core.policy import Audience, ResponsePolicy

HoursAround = Callable[[datetime], ContactHours]
#: The client on file at a canonical address.
FindClient = Callable[[str], Client | None]


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Who a message is from: a client on file, or the address that a stranger would be answered at."""

    client: Client | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules in force: hours, policy and classification. `decide` is pure but for the hours it is given."""

    hours_around: HoursAround
    policy: ResponsePolicy
    classification: Classification

    def hours_for(self, message: SubjectMessage, at: datetime) -> ContactHours:
        """The hours that the message is judged by; this may read a calendar, and so take a while."""
        return self.hours_around(min(message.arrived_at, at))

    def appraise(self, message: SubjectMessage, client: Client | None, at: datetime) -> Appraisal:
        """What the message is, at the instant `at` (aware, UTC); `conclude` decides it by its history."""
        hours = self.hours_for(message, at)
        if message.arrived_at > at:
            message = replace(message, arrived_at=at)
        return appraise(message, client, hours, self.policy, self.classification)

    def decide(
        self, message: SubjectMessage, client: Client | None, history: History | Unknown, at: datetime
    ) -> Decision:
        """Decide the message at the instant `at` (aware, UTC)."""
        hours = self.hours_for(message, at)
        return decide(message, client, hours, self.policy, history, at, self.classification)


def correspondent(message: SubjectMessage, find: FindClient, policy: ResponsePolicy) -> Correspondent:
    """Who writes.

    The From tells, or the reverse-path where it alone is on file. With the audience *everyone* a message
    whose reverse-path is not the client's own counts as a stranger's: else the absence of a response to
    a forged From would tell who is a client.
    """
    author, path = _text(author_of(message)), _text(reverse_path_of(message))
    if path and is_forwarding_path(path):
        # A forwarder signs it anew each day, so that nobody could be known again by it.
        path = None
    by_author = find(canonical(author)) if author else None
    by_path = by_author if path == author else find(canonical(path)) if path else None
    if policy.audience is Audience.EVERYONE and path and by_author != by_path:
        return Correspondent(by_path, path)
    return Correspondent(by_author or by_path, path or author)


def _text(value: str | None | Unknown) -> str | None:
    """A known, non-empty text, else None."""
    return value if isinstance(value, str) and value else None
