"""The example of a one-file plugin, loaded as a practice would load it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundary_plugins.core.availability import Window
from boundary_plugins.core.circumstances import Circumstances
from boundary_plugins.core.history import History
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import Headers, SubjectMessage
from boundary_plugins.core.policy import ResponsePolicy
from boundary_plugins.host.manager import PluginHost

EXAMPLE = Path(__file__).parents[2] / "examples" / "quiet_fridays.py"


@pytest.fixture
def host(tmp_path: Path) -> PluginHost:
    """A host whose plugin directory holds the example."""
    folder = tmp_path / "plugins"
    folder.mkdir(mode=0o700)
    copy = folder / "quiet_fridays.py"
    copy.write_text(EXAMPLE.read_text())
    copy.chmod(0o600)
    return PluginHost.load(["quiet_fridays"], folder)


def arrived(at: datetime) -> Circumstances:
    """A message in a practice in New York."""
    window = Window(Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)), False, ())
    policy = replace(ResponsePolicy(own_addresses=("therapist@example.com",)), zone="America/New_York")
    return Circumstances(SubjectMessage("1", at, Headers({})), None, window, None, policy, History(), at)


@pytest.mark.parametrize(
    "at, hit",
    [
        # Friday, 11:59 and 12:00 in New York (in winter five hours behind UTC).
        (datetime(2026, 3, 6, 16, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 6, 17, 0, tzinfo=UTC), True),
        # Saturday in UTC is still Friday there.
        (datetime(2026, 3, 7, 4, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 7, 5, 0, tzinfo=UTC), False),
    ],
)
def test_its_rule_knows_friday_afternoon_by_the_practices_clock(
    host: PluginHost, at: datetime, hit: bool
) -> None:
    """Under its public id, with the rule's own sentence."""
    (rule,) = host.suppression_rules

    finding = rule.check(arrived(at))

    assert "quiet_fridays:friday-afternoon" == rule.id
    assert hit is finding.hit


def test_its_topic_rule_is_offered(host: PluginHost) -> None:
    """With words of the practice's own."""
    assert ["paperwork"] == [rule.topic for rule in host.topic_rules]
