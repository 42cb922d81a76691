"""A calendar's text without its words: what says when somebody is busy, and means the same when it is read."""

import hashlib
from collections.abc import Iterator

from boundary_plugins.codecs.icalendar_lines import content, name_of
from boundary_plugins.codecs.icalendar_meaning import meant_categories
from boundary_plugins.codecs.icalendar_structure import unfolded


def bare_calendar(data: bytes) -> bytes:
    """The text with no summary, description, place, attendee or other word that only a person would read.

    `read_calendar` understands it exactly as the whole text. A UID, which may hold an address, becomes a
    hash of itself; of CATEGORIES those are kept that mean an absence. Lines are not folded.
    """
    return b"".join(line + b"\r\n" for line in _kept(unfolded(data)))


def _kept(text: bytes) -> Iterator[bytes]:
    """The lines that are read, some of them changed."""
    for line in filter(None, text.split(b"\n")):
        name = name_of(line)
        found = content(line.decode("utf-8", "replace"), name) if name else None
        if found is None:
            continue
        if name == "UID":
            yield b"UID:" + hashlib.sha256(found.value.encode()).hexdigest()[:32].encode()
        elif name == "CATEGORIES":
            if meant := meant_categories(found.value):
                yield b"CATEGORIES:" + ",".join(meant).encode()
        else:
            yield line
