"""When a Sieve script answers, as a value that stands in the script and is read back from it."""

import json
from dataclasses import dataclass
from datetime import datetime

from boundary_plugins.availability_sources.fixed_offsets import weekly_intervals
from boundary_plugins.core.interval import Interval, difference, intersection, union
from boundary_plugins.ports import Publication


@dataclass(frozen=True, slots=True)
class SievePlan:
    """When a script answers: in `dated`, and in `week` (as in WeeklyResponse) where nothing is dated.

    All before `until` and in `except_during` is dated. `zone` is an IANA name.
    """

    zone: str
    until: datetime
    dated: tuple[Interval, ...]
    except_during: tuple[Interval, ...]
    week: tuple[tuple[int, int], ...]

    def answers_during(self, between: Interval) -> tuple[Interval, ...]:
        """When the script answers within an interval, merged."""
        before = [Interval(between.start, self.until)] if between.start < self.until else []
        weekly = [
            each
            for part in difference([between], [*before, *self.except_during])
            for each in weekly_intervals(self.week, self.zone, part)
        ]
        return intersection([*self.dated, *weekly], [between])


def plan_of(publication: Publication) -> SievePlan:
    """What the script of a publication does."""
    return SievePlan(
        zone=publication.zone,
        until=publication.between.end,
        dated=tuple(each.interval for each in (*publication.responses, *publication.week.dated)),
        except_during=union(publication.week.except_during),
        week=tuple((each.starts, each.ends) for each in publication.week.responses),
    )


def write_plan(plan: SievePlan) -> str:
    """The plan in one line."""
    return json.dumps(
        {
            "zone": plan.zone,
            "until": plan.until.isoformat(),
            "dated": [_pair(each) for each in plan.dated],
            "except": [_pair(each) for each in plan.except_during],
            "week": plan.week,
        }
    )


def read_plan(line: str) -> SievePlan:
    """The plan that a line holds; the line is one of `write_plan`."""
    found = json.loads(line)
    return SievePlan(
        zone=found["zone"],
        until=datetime.fromisoformat(found["until"]),
        dated=tuple(map(_interval, found["dated"])),
        except_during=tuple(map(_interval, found["except"])),
        week=tuple((starts, ends) for starts, ends in found["week"]),
    )


def _pair(interval: Interval) -> tuple[str, str]:
    return interval.start.isoformat(), interval.end.isoformat()


def _interval(pair: tuple[str, str]) -> Interval:
    return Interval(datetime.fromisoformat(pair[0]), datetime.fromisoformat(pair[1]))
