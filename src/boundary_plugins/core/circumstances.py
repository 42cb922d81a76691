"""Everything that one decision looks at, as one value; and what a rule answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from boundary_plugins.core.availability import Window
from boundary_plugins.core.client import Client
from boundary_plugins.core.fact import Unknown
from boundary_plugins.core.history import History
from boundary_plugins.core.message import SubjectMessage, authors_of, reverse_path_of
from boundary_plugins.core.policy import ResponsePolicy


@dataclass(frozen=True, slots=True)
class Circumstances:
    """One message with all that bears on answering it.

    `window` is the window of contact hours that holds `message.arrived_at`; `next_opening_at` the first
    opening after that arrival (None where none is known); `at` the instant of deciding, aware, UTC.
    `reverse_path` and `authors` are the message's own (core/message.py), read once for the many rules
    that ask who sent it.
    """

    message: SubjectMessage
    client: Client | None
    window: Window
    next_opening_at: datetime | None
    policy: ResponsePolicy
    history: History | Unknown
    at: datetime
    reverse_path: str | None | Unknown = field(init=False, repr=False, compare=False)
    authors: tuple[str, ...] | Unknown = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read who sent the message."""
        object.__setattr__(self, "reverse_path", reverse_path_of(self.message))
        object.__setattr__(self, "authors", authors_of(self.message))


class Finding(NamedTuple):
    """What one rule found: `hit` True, False, or None for unknown; `because` holds no header value."""

    hit: bool | None
    because: str


class Reason(NamedTuple):
    """A rule's finding as it is recorded and shown."""

    rule: str
    hit: bool | None
    because: str
    clause: str


@dataclass(frozen=True, slots=True)
class SuppressionRule:
    """One reason for not answering: its public id, the clause it rests on, a sentence, and the check.

    `refuses_when` completes "No response when …". The check is pure and never raises for any message.
    """

    id: str
    clause: str
    refuses_when: str
    check: Callable[[Circumstances], Finding]
    _reasons: dict[Finding, Reason] = field(default_factory=dict, init=False, repr=False, compare=False)


#: A rule has a handful of findings; one that words each anew must not fill the memory.
_MOST_FINDINGS = 64


def reason_of(rule: SuppressionRule, finding: Finding) -> Reason:
    """The reason that a finding of a rule gives; mostly the same object for the same two."""
    known = rule._reasons
    reason = known.get(finding)
    if reason is None:
        if len(known) >= _MOST_FINDINGS:
            known.clear()
        reason = known[finding] = Reason(rule.id, finding.hit, finding.because, rule.clause)
    return reason
