"""A Sieve script (RFC 5228) that keeps the boundary while this program is off: values in, text out.

The script is whole: it has its own clock, weeks and offsets, asks by itself what no person wrote, and answers
with `vacation` (RFC 5230). It files, flags, redirects and discards nothing, so that beside it mail is
delivered as without it; and no client's address is in it.
"""

import hashlib
from collections.abc import Collection, Iterator

from boundary_plugins.codecs.sieve_machines import machine_tests, sender_commands
from boundary_plugins.codecs.sieve_plan import SievePlan, plan_of, read_plan, write_plan
from boundary_plugins.codecs.sieve_text import any_of, indented, literal, multi_line, quoted
from boundary_plugins.codecs.sieve_windows import Words, window_commands, words_of
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import Publication, WeeklyResponse, WindowResponse

#: What every such script needs of a server, and what it uses where it is offered.
SIEVE_REQUIRED = ("date", "envelope", "relational", "vacation", "variables")
SIEVE_USED = ("mime", "vacation-seconds")

_MARK = "# Boundary Plugins: automatic answers outside contact hours."
_ADVICE = "# A program writes this script. What somebody changes in it is noticed and stays as it is."
_PLAN = "# plan: "
_SUM = "# sha256: "
#: A sender is answered again in a window that lasts longer than this.
_REPEAT_DAYS = 7


def write_sieve(publication: Publication, extensions: Collection[str] = SIEVE_USED) -> str:
    """The script for `responses` and `week` of a publication; lines end with LF.

    `extensions` are those that the server offers, of which `SIEVE_USED` are used. The text depends on what
    is published alone, not on `as_of`.
    """
    body = "\n".join([_PLAN + write_plan(plan_of(publication)), *_script(publication, extensions), ""])
    return "\n".join([_MARK, _ADVICE, _SUM + _sum(body), body])


def is_sieve_script(text: str) -> bool:
    """Whether `write_sieve` wrote a script, even where somebody changed it since."""
    return _unix(text).startswith(_MARK + "\n")


def is_unchanged_sieve_script(text: str) -> bool:
    """Whether a script is as `write_sieve` wrote it."""
    return _plan_in(text) is not None


def sieve_answers(text: str, between: Interval) -> tuple[Interval, ...] | None:
    """When a script of `write_sieve` answers, within an interval; None where it is not as it was written."""
    plan = _plan_in(text)
    return None if plan is None else plan.answers_during(between)


def _plan_in(text: str) -> SievePlan | None:
    """The plan of a script; None where the script is not as it was written."""
    lines = _unix(text).split("\n", 3)
    if len(lines) < 4 or lines[:2] != [_MARK, _ADVICE] or lines[2] != _SUM + _sum(lines[3]):
        return None
    return read_plan(lines[3].partition("\n")[0].removeprefix(_PLAN))


def _script(publication: Publication, extensions: Collection[str]) -> Iterator[str]:
    """The script after its head."""
    week = publication.week
    responses: list[WindowResponse | WeeklyResponse]
    responses = [*publication.responses, *week.dated, *week.responses]
    if not responses:
        yield "# No closed window is known, so nothing is answered."
        return
    words = words_of(responses)
    used = [each for each in SIEVE_USED if each in extensions]
    yield f"require [{', '.join(map(quoted, sorted((*SIEVE_REQUIRED, *used))))}];"
    yield ""
    lines = [*window_commands(publication, words), "", *_answer(publication, words, used)]
    if any("${dollar}" in line for line in lines):
        yield 'set "dollar" "$";'
    yield from lines


def _answer(publication: Publication, words: Words, used: Collection[str]) -> Iterator[str]:
    """The one action of the script, and for whom it is not."""
    own_addresses = publication.own_addresses or (publication.own_address,)
    yield "# No program is answered, and nobody twice in one window."
    yield from sender_commands()
    tests = [test for _, test in machine_tests(own_addresses, used)]
    yield f'if allof (not string :is "${{handle}}" "", not {any_of(tests, 1)}) {{'
    yield from (indented(line, 1) for line in _sender(own_addresses))
    yield from _vacation(publication, own_addresses, words, used)
    yield "}"


def _sender(own_addresses: tuple[str, ...]) -> Iterator[str]:
    """The commands that choose the own address that was written to, where there are several."""
    first, *others = own_addresses
    if others:
        yield f'set "from" {quoted(literal(first))};'
    for position, address in enumerate(others):
        test = f'if address :is ["to", "cc"] {quoted(address)}'
        yield f'{"els" if position else ""}{test} {{ set "from" {quoted(literal(address))}; }}'


def _vacation(
    publication: Publication, own_addresses: tuple[str, ...], words: Words, used: Collection[str]
) -> Iterator[str]:
    """The one action of the script."""
    seconds = _REPEAT_DAYS * 86_400
    yield indented("vacation", 1)
    yield indented(f":seconds {seconds}" if "vacation-seconds" in used else f":days {_REPEAT_DAYS}", 2)
    yield indented(f":addresses [{', '.join(map(quoted, own_addresses))}]", 2)
    sender = "${from}" if len(own_addresses) > 1 else literal(own_addresses[0])
    yield indented(f":from {quoted(sender)}", 2)
    subject = "${subject}" if words.subject is None else literal(words.subject)
    yield indented(f":subject {quoted(subject)}", 2)
    yield indented(':handle "${handle}"', 2)
    text = "\n".join([*map(literal, words.head), "${words}", *map(literal, words.tail)])
    yield indented(f":mime {multi_line(_entity(publication.practice.language, text))}", 2)
    yield ";"


def _entity(language: str, text: str) -> str:
    """The text as a MIME entity, which says in which characters and which language it is."""
    fields = [
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Content-Language: {language}",
    ]
    return "\n".join([*fields, "", text])


def _sum(text: str) -> str:
    """What tells whether a text was changed, however its lines end."""
    return hashlib.sha256(text.rstrip("\n").encode()).hexdigest()


def _unix(text: str) -> str:
    """The text with LF alone at the ends of lines."""
    return text.replace("\r\n", "\n")
