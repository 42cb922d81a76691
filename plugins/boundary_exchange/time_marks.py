"""Categories that log time: "Boundary/12 min" on a message is twelve minutes of the therapist's."""

import re
from collections.abc import Iterable

from boundary_plugins import GREATEST_MARK


def marked_minutes(categories: Iterable[str], word: str) -> int:
    """The minutes of every category that begins with the word, all together; 0 for none, or for more than a day.

    Between the word, the number and "min" stand spaces, slashes, hyphens, underscores or dots, or nothing.
    """
    pattern = re.compile(
        rf"\s*{re.escape(word)}[-_./ ]*(\d{{1,4}})[-_./ ]*(?:m|min|mins|minutes?)?\s*", re.IGNORECASE
    )
    minutes = sum(int(found[1]) for each in categories if (found := pattern.fullmatch(each)))
    return minutes if minutes <= GREATEST_MARK else 0
