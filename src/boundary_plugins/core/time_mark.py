"""The time that a mark on a message means: a label or category such as "Boundary/12 min"."""

import re
from collections.abc import Iterable

#: The most minutes that a mark can mean, a day: more is a slip of the finger, and no mark.
GREATEST_MARK = 1440

_MARK = re.compile(r"boundary/\s*(\d{1,4})\s*(?:m|min|mins|minutes?|minuten)?\.?\Z", re.IGNORECASE)


def marked_minutes(names: Iterable[str]) -> int:
    """The minutes of all marks among the names of labels or categories together; 0 where there is none."""
    found = (_MARK.match(name.strip()) for name in names)
    minutes = sum(time for mark in found if mark and (time := int(mark[1])) <= GREATEST_MARK)
    return minutes if minutes <= GREATEST_MARK else 0
