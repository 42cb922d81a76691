"""A one-file plugin: no automatic answer on Friday afternoons, and a topic of this practice's own.

Copy it into the directory that `[plugins] directory` names, and enable it there:
`enable = ["files", "quiet_fridays"]`.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from boundary_plugins import Circumstances, Finding, SuppressionRule, TopicRule, hookimpl

FRIDAY = 4
NOON = 12


def came_on_friday_afternoon(circumstances: Circumstances) -> Finding:
    """Whether the message arrived on a Friday from noon on, by the practice's own clock."""
    arrived = circumstances.message.arrived_at.astimezone(ZoneInfo(circumstances.policy.zone))
    hit = arrived.weekday() == FRIDAY and arrived.hour >= NOON
    return Finding(hit, "it came on a Friday afternoon" if hit else "it came at another time")


@hookimpl
def register_suppression_rules() -> Iterator[SuppressionRule]:
    """One more reason for not answering; shown as `quiet_fridays:friday-afternoon`."""
    yield SuppressionRule(
        id="friday-afternoon",
        clause="our practice's own rule",
        refuses_when="it came on a Friday afternoon, when the front desk answers by hand",
        check=came_on_friday_afternoon,
    )


@hookimpl
def register_topic_rules() -> Iterator[TopicRule]:
    """What this practice calls paperwork."""
    yield TopicRule(topic="paperwork", words=("insurance form", "letter for work"))
