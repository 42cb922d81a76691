"""Whether what clients read is in order: the crisis lines, looked at by a person, and every text."""

from collections.abc import Iterator, Sequence, Set
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from boundary_plugins.availability_sources.local_time import wall_clock
from boundary_plugins.config.schema import Config
from boundary_plugins.core.language import primary_language
from boundary_plugins.data.crisis_lines import ELSEWHERE, CrisisLine, crisis_region, crisis_regions
from boundary_plugins.ports import Condition, Examined
from boundary_plugins.rendering.check import check_templates, languages_left_out
from boundary_plugins.rendering.templates import languages

_REVIEW_AFTER = timedelta(days=365)
_PART = "crisis lines"


def crisis_lines_examined(config: Config, regions: Sequence[str], at: datetime) -> Iterator[Examined]:
    """The lines of the practice's region and of its clients' regions, and when somebody checked them."""
    today = wall_clock(at, config.practice.zone).date()
    region = config.practice.region
    if region is None:
        found = "no region is given, so responses name no line, only local emergency services"
        yield Examined(_PART, Condition.LOOK, found, 'give it in [practice]: region = "US", say')
    elif region not in crisis_regions():
        found = f"none are known for {region}, so responses name only local emergency services"
        yield Examined(_PART, Condition.LOOK, found, "add the lines of your region to a text of your own")
    yield from _unknown_regions_of_clients(regions)
    yield _review(config.practice.crisis_reviewed_on, region, today)


def _unknown_regions_of_clients(regions: Sequence[str]) -> Iterator[Examined]:
    """Regions on file for which no line is known."""
    unknown = sorted({region for region in regions if crisis_region(region).code == ELSEWHERE})
    if unknown:
        found = f"none are known for the clients in {', '.join(unknown)}"
        yield Examined(_PART, Condition.LOOK, found, "tell these clients yourself whom they can call")


def _review(reviewed_on: date | None, region: str | None, today: date) -> Examined:
    """When somebody of the practice checked the lines; where that is due, with the lines."""
    if reviewed_on is not None and today - _REVIEW_AFTER <= reviewed_on <= today:
        return Examined(_PART, Condition.OK, f"checked by the practice on {reviewed_on}")
    if reviewed_on is None:
        found = "nobody of the practice has checked them yet"
    elif reviewed_on > today:
        found = f"the day they were checked ({reviewed_on}) is still to come"
    else:
        found = f"they were last checked on {reviewed_on}, more than a year ago"
    known = crisis_region(region)
    emergency = ", ".join(known.emergency) or "the local number"
    details = (f"emergency services: {emergency}  [{known.source}]", *(_line(line) for line in known.lines))
    remedy = f'check each, then note it in [practice]: crisis_reviewed_on = "{today}"'
    return Examined(_PART, Condition.LOOK, found, remedy, details)


def _line(line: CrisisLine) -> str:
    """One line, as it can be checked, with its source."""
    ways = [("call", ", ".join(line.call)), ("text", ", ".join(line.text)), ("chat", line.chat)]
    said = "; ".join(f"{way} {number}" for way, number in ways if number)
    return f"{line.name}: {said}{f'; {line.hours}' if line.hours else ''}  [{line.source}]"


@cache
def _problems_that_ship() -> list[str]:
    """The problems of the texts that ship, which do not change while the program runs."""
    return check_templates()


def texts_examined(config: Config, of_clients: Sequence[str]) -> Iterator[Examined]:
    """Every text in every situation, and whether it is there in the languages that are wanted.

    `of_clients` are the languages on file of clients, as tags.
    """
    folder = config.responses.template_directory
    problems = check_templates(folder) if folder else _problems_that_ship()
    for problem in problems:
        yield Examined("texts", Condition.BROKEN, problem, "put that text right, or take it away")
    if not problems:
        whose = f"those in {folder} and the ones that ship" if folder else "the ones that ship"
        yield Examined("texts", Condition.OK, f"{whose} are whole in every situation")
    known = ", ".join(sorted(languages()))
    if primary_language(config.practice.language) not in languages():
        found = (
            f'there are none in "{config.practice.language}", so English ones are sent; there are: {known}'
        )
        yield Examined("texts", Condition.LOOK, found)
    without = sorted({tag for tag in of_clients if primary_language(tag) not in languages()})
    if without:
        found = f"there are none in {', '.join(without)}, which clients have on file; there are: {known}"
        yield Examined("texts", Condition.LOOK, found, "give these clients another language, or none")
    if folder is not None:
        yield from _left_out(
            folder, {primary_language(tag) for tag in (config.practice.language, *of_clients)}
        )


def _left_out(folder: Path, wanted: Set[str]) -> Iterator[Examined]:
    """Texts of one's own that are there in one language and not in another; worth a look where it is wanted."""
    left_out = languages_left_out(folder)
    missing = [
        f"{language}/{name}" for language in sorted(wanted & left_out.keys()) for name in left_out[language]
    ]
    if missing:
        found = f"of your own there is no {', '.join(missing)}; the built-in ones are sent in their place"
        yield Examined("texts", Condition.LOOK, found, "write them, if your own words matter there")
    others = sorted(left_out.keys() - wanted)
    if others:
        found = f"who writes in {', '.join(others)} gets built-in texts where there are none of your own"
        yield Examined("texts", Condition.OK, found)
