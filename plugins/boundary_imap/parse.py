"""What flags and the structure of a message say, as values: pure functions over what a FETCH gave."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from boundary_plugins import GREATEST_MARK, UNKNOWN, Unknown

_JUNK = frozenset({"$junk", "junk"})
_NOT_JUNK = frozenset({"$notjunk", "notjunk", "nonjunk", "$nonjunk"})
#: What a calendar's request is looked for in: not in a forwarded message, which is a person's attachment.
_OPENED = frozenset({"mixed", "alternative", "related"})
_MAX_DEPTH = 6
#: The subtype and the parameters stand here in a part that is no multipart (RFC 3501, section 7.4.2).
_TYPE, _SUBTYPE, _PARAMETERS = 0, 1, 2


def is_spam(flags: Iterable[str]) -> bool | Unknown:
    """The provider's verdict as keywords say it (registered with IANA as $Junk and $NotJunk)."""
    there = {flag.lower() for flag in flags}
    if there & _NOT_JUNK:
        return False
    return True if there & _JUNK else UNKNOWN


def minutes_marked(flags: Iterable[str], word: str) -> int:
    """The minutes that keywords such as "Boundary-12-min" log, all together; 0 for none and for too many.

    `word` is how they begin; between it, the number and "min" stand hyphens, underscores, dots or
    slashes, or nothing. A keyword holds no space (RFC 3501, section 9), so mail programs write one of these.
    """
    if not word:
        return 0
    pattern = re.compile(
        rf"{re.escape(word)}[-_./]*(\d{{1,3}})[-_./]*(?:m|min|mins|minutes?)?", re.IGNORECASE
    )
    minutes = sum(int(found[1]) for flag in flags if (found := pattern.fullmatch(flag)))
    # More than a day is a slip of the finger, and no mark.
    return minutes if minutes <= GREATEST_MARK else 0


def holds_calendar(structure: Sequence[Any], depth: int = 0) -> bool | Unknown:
    """Whether text/calendar with a METHOD is at the top or in multipart/mixed or alternative.

    `structure` is a BODYSTRUCTURE. A calendar without the parameter may still have the line: unknown.
    """
    try:
        return _in_part(structure, depth)
    except (IndexError, TypeError, AttributeError):
        return UNKNOWN


def _in_part(structure: Sequence[Any], depth: int) -> bool | Unknown:
    """The same for one part."""
    # The parts of a multipart stand in one list, before its subtype.
    if isinstance(structure[_TYPE], list):
        return _in_parts(structure, depth)
    if (_word(structure[_TYPE]), _word(structure[_SUBTYPE])) != ("text", "calendar"):
        return False
    parameters = structure[_PARAMETERS] or ()
    return True if "method" in map(_word, parameters[::2]) else UNKNOWN


def _in_parts(structure: Sequence[Any], depth: int) -> bool | Unknown:
    """The same for the parts of a multipart: unknown if one of them is and none has it."""
    parts, subtype = structure[0], structure[1]
    if _word(subtype) not in _OPENED:
        return False
    if depth == _MAX_DEPTH:
        return UNKNOWN
    found = [holds_calendar(part, depth + 1) for part in parts]
    if True in found:
        return True
    return UNKNOWN if UNKNOWN in found else False


def _word(value: object) -> str:
    """A word in lower case."""
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""
