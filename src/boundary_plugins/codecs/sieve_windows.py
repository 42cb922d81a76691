"""The closed windows as commands of a Sieve script, which set `handle` and the words where an answer goes out.

What is dated is asked by instants in UTC, so that neither zone nor change of clocks can shift it. What is not
dated follows the ordinary week by the clock on the wall; `currentdate` knows fixed offsets only, so each offset
of the zone is bounded by the instants between which it is in force.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from boundary_plugins.availability_sources.fixed_offsets import offsets_of
from boundary_plugins.availability_sources.local_time import wall_clock
from boundary_plugins.codecs.sieve_text import all_of, any_of, indented, listed, literal, quoted
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import Publication, WeeklyResponse, WindowResponse

#: So long after it was written a script still knows when the clocks change.
KNOWN_CHANGES = timedelta(days=5 * 366)
_DAY_SECONDS = 86_400
_EVEN, _ODD = ("02468", "13579")


@dataclass(frozen=True, slots=True)
class Words:
    """What all texts have in common, line by line, and whether they share one Subject."""

    head: tuple[str, ...]
    tail: tuple[str, ...]
    subject: str | None

    def own(self, text: str) -> str:
        """The lines of a text that others do not have, as the value of a variable."""
        lines = text.rstrip("\n").split("\n")
        return literal("\n".join(lines[len(self.head) : len(lines) - len(self.tail)]))


def words_of(responses: Iterable[WindowResponse | WeeklyResponse]) -> Words:
    """What the texts have in common. Raises ValueError where there is none."""
    several = list(responses)
    texts = [tuple(each.text.rstrip("\n").split("\n")) for each in several]
    head = _common(texts)
    # A line that all begin and end with must not be taken twice.
    tail = _common([tuple(reversed(text[len(head) :])) for text in texts])
    subjects = {each.subject for each in several}
    return Words(head, tuple(reversed(tail)), subjects.pop() if len(subjects) == 1 else None)


def window_commands(publication: Publication, words: Words) -> Iterator[str]:
    """The commands, line by line."""
    yield 'if currentdate :zone "+0000" :matches "iso8601" "*" { set "now" "${1}"; }'
    begins = "if"
    for response in (*publication.responses, *publication.week.dated):
        yield f"{begins} {_during(response.interval)} {{"
        yield indented(f"# {_in_words(response.window, publication.zone)}", 1)
        yield from _answer(f"window {instant(response.window.start)}", response, words)
        yield "}"
        begins = "elsif"
    yield f"{begins} {_silent(publication)} {{"
    yield indented("# What is dated is said above.", 1)
    yield "}"
    if publication.week.responses:
        yield "else {"
        yield from (indented(line, 1) if line else "" for line in _week(publication, words))
        yield "}"


def instant(at: datetime) -> str:
    """An instant as `currentdate` gives it in UTC, without its end, which is written as Z or as +00:00."""
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def _common(texts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The lines that all texts begin with."""
    shared = []
    for lines in zip(*texts, strict=False):
        if len(set(lines)) > 1:
            break
        shared.append(lines[0])
    return tuple(shared)


def _during(interval: Interval) -> str:
    """Whether the present lies in an interval."""
    return all_of(
        (
            f'string :value "ge" "${{now}}" "{instant(interval.start)}"',
            f'string :value "lt" "${{now}}" "{instant(interval.end)}"',
        ),
        0,
    )


def _silent(publication: Publication) -> str:
    """Whether the present is dated, so that the ordinary week says nothing of it."""
    until = f'string :value "lt" "${{now}}" "{instant(publication.between.end)}"'
    return any_of([until, *map(_during, publication.week.except_during)], 0)


def _answer(handle: str, response: WindowResponse | WeeklyResponse, words: Words) -> Iterator[str]:
    """The commands that let an answer go out: one for each sender and handle."""
    yield indented(f'set "handle" {quoted(handle)};', 1)
    yield indented(f'set "words" {quoted(words.own(response.text))};', 1)
    if words.subject is None:
        yield indented(f'set "subject" {quoted(literal(response.subject))};', 1)


def _week(publication: Publication, words: Words) -> Iterator[str]:
    """The ordinary week: what the clock on the wall shows, and the branch of each closed window."""
    yield f"# The ordinary week, by the clock on the wall of {publication.zone}: the weekday (0 is Sunday) and the time."
    yield from _clock(publication)
    yield "# Weeks take turns, so that the same window a week later is another one."
    even, odd = (listed([f"*{digit}" for digit in digits], 1) for digits in (_EVEN, _ODD))
    alike = all_of((f'string :matches "${{day}}" {even}', f'string :is "${{weekday}}" {_days("0246")}'), 2)
    unlike = all_of((f'string :matches "${{day}}" {odd}', f'string :is "${{weekday}}" {_days("135")}'), 2)
    yield f"if {any_of((alike, unlike), 1)} {{"
    yield indented('set "week" "A"; set "before" "B";', 1)
    yield "} else {"
    yield indented('set "week" "B"; set "before" "A";', 1)
    yield "}"
    begins = "if"
    for response in publication.week.responses:
        for condition, week in _parts_of_week(response):
            yield f"{begins} {condition} {{"
            yield from _answer(f"weekly {_of_week(response.starts)} ${{{week}}}", response, words)
            yield "}"
            begins = "elsif"


def _days(digits: str) -> str:
    """Weekdays as a list."""
    return listed(digits, 1)


def _clock(publication: Publication) -> Iterator[str]:
    """The commands that read the clock on the wall, by the offset that is in force."""
    end = publication.between.end
    periods: dict[timedelta, list[Interval]] = {}
    for period, offset in offsets_of(publication.zone, Interval(end, end + KNOWN_CHANGES)):
        periods.setdefault(offset, []).append(period)
        last = offset
    # After the last change that is known its offset stays.
    others = [offset for offset in periods if offset != last]
    for position, offset in enumerate(others):
        condition = any_of([_during(period) for period in periods[offset]], 1)
        yield f"{'elsif' if position else 'if'} {condition} {{"
        yield from (indented(line, 1) for line in _read_clock(offset))
        yield "}"
    if others:
        yield "else {"
    yield from (indented(line, 1 if others else 0) for line in _read_clock(last))
    if others:
        yield "}"


def _read_clock(offset: timedelta) -> Iterator[str]:
    """The commands that read the clock at one offset; `day` counts days (RFC 5260, section 4.2)."""
    minutes = round(offset.total_seconds() / 60)
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    yield f'if currentdate :zone "{zone}" :matches "weekday" "*" {{ set "weekday" "${{1}}"; }}'
    yield f'if currentdate :zone "{zone}" :matches "time" "*" {{ set "clock" "${{weekday}} ${{1}}"; }}'
    yield f'if currentdate :zone "{zone}" :matches "julian" "*" {{ set "day" "${{1}}"; }}'


def _parts_of_week(response: WeeklyResponse) -> Iterator[tuple[str, str]]:
    """When a weekly window is, each with the variable of the week it began in; weeks begin on Sunday."""
    start, end = _of_week(response.starts), _of_week(response.ends)
    after = f'string :value "ge" "${{clock}}" "{start}"'
    until = f'string :value "lt" "${{clock}}" "{end}"'
    if start < end:
        yield all_of((after, until), 0), "week"
    else:
        yield after, "week"
        yield until, "before"


def _of_week(seconds: int) -> str:
    """Seconds since Monday 00:00 as the clock shows them: "0 17:00:00" on a Sunday."""
    days, seconds = divmod(seconds, _DAY_SECONDS)
    hours, seconds = divmod(seconds, 3600)
    return f"{(days + 1) % 7} {hours:02}:{seconds // 60:02}:{seconds % 60:02}"


def _in_words(window: Interval, zone: str) -> str:
    """A window by the clock on the wall, for whoever reads the script."""
    start, end = (wall_clock(edge, zone) for edge in (window.start, window.end))
    return f"{start:%a %Y-%m-%d %H:%M} to {end:%a %Y-%m-%d %H:%M} ({zone})"
