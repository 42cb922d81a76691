"""Which of several components that are the same one counts: the newest revision."""

from boundary_plugins.codecs.icalendar_recurrence import Part


def newest(parts: list[Part]) -> list[Part]:
    """Of components that are the same one (RFC 5545, section 3.8.7.4), the newest revision.

    Revisions that nothing tells apart are all kept: some programs give several events one UID, and a
    forgotten absence is worse than one too many.
    """
    if len(parts) < 2:
        return parts
    found: dict[int | None, list[Part]] = {}
    for part in parts:
        key = part.recurrence_id.instant if part.recurrence_id else None
        known = found.get(key)
        if known is None or _revision(part) > _revision(known[0]):
            found[key] = [part]
        elif _revision(part) == _revision(known[0]):
            known.append(part)
    return [part for same in found.values() for part in same]


def _revision(part: Part) -> tuple[int, str]:
    """How new a component is: by SEQUENCE, then by its stamp."""
    sequence = part.component.word("SEQUENCE", "0")
    number = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 12 else 0
    return number, part.component.word("LAST-MODIFIED") or part.component.word("DTSTAMP")
