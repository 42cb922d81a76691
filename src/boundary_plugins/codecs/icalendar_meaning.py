"""What an event means for the hours: busy, out of the office, or nothing; told by its marks alone."""

from boundary_plugins.codecs.icalendar_lines import Component
from boundary_plugins.core.availability import BusyType
from boundary_plugins.ports import AbsenceKind

#: Categories that say one is away, as programs and people write them, folded to small letters and
#: single spaces. A summary is never read: "Vacation planning with A." is a session, and its words are
#: nobody's business. Google's feeds have no mark at all for "out of office"; there, a category helps.
AWAY = frozenset(
    {
        "absence",
        "absent",
        "annual leave",
        "away",
        "holiday",
        "holidays",
        "leave",
        "on leave",
        "ooo",
        "oof",
        "out of office",
        "out of the office",
        "parental leave",
        "pto",
        "sick",
        "sick leave",
        "time off",
        "vacation",
        # German
        "abwesend",
        "abwesenheit",
        "krank",
        "urlaub",
        # French
        "absence du bureau",
        "congé",
        "congés",
        "vacances",
        # Spanish
        "ausente",
        "fuera de la oficina",
        "vacaciones",
    }
)
#: Outlook's own list of public holidays carries this category, marked free; among them are days on
#: which people work, so Outlook's "free" is believed there.
_PUBLIC_HOLIDAY = frozenset({"holiday", "holidays"})
_FREE = frozenset({"FREE", "WORKINGELSEWHERE"})

Meaning = tuple[AbsenceKind, BusyType]

#: What a time in a calendar means, in an order of its own: kind, busy type, whether it takes whole days.
Mark = tuple[str, str, bool]
#: A time that means something, from an instant to an instant.
MarkedSpan = tuple[int, int, Mark]


def mark_of(event: Component, starts_on_a_date: bool) -> Mark | None:
    """What a VEVENT means and whether it takes whole days, or None where it means nothing.

    Exchange writes whole days as times from midnight to midnight.
    """
    found = _meaning(event)
    if found is None:
        return None
    kind, busy_type = found
    is_all_day = starts_on_a_date or event.word("X-MICROSOFT-CDO-ALLDAYEVENT") == "TRUE"
    return kind.value, busy_type.value, is_all_day


def _meaning(event: Component) -> Meaning | None:
    """What a VEVENT means, or None where one is neither busy nor away.

    Out of office, even where it is marked free: X-MICROSOFT-CDO-BUSYSTATUS:OOF ([MS-OXCICAL], section
    2.1.3.1.1.20), or a category in `AWAY`. Else Microsoft's busy status decides before TRANSP, which
    Outlook derives from it. A cancelled event (STATUS, RFC 5545, section 3.8.1.11) means nothing.
    """
    status = event.word("STATUS", "CONFIRMED")
    if status == "CANCELLED":
        return None
    marked = event.word("X-MICROSOFT-CDO-BUSYSTATUS")
    is_tentative = status == "TENTATIVE" or marked == "TENTATIVE"
    busy_type = BusyType.TENTATIVE if is_tentative else BusyType.BUSY
    away = _categories(event)
    if marked == "FREE":
        away -= _PUBLIC_HOLIDAY
    if marked == "OOF" or away:
        return AbsenceKind.OUT_OF_OFFICE, busy_type
    if marked in _FREE or (event.word("TRANSP") == "TRANSPARENT" and marked not in ("BUSY", "TENTATIVE")):
        return None
    return AbsenceKind.BUSY, busy_type


def meant_categories(value: str) -> tuple[str, ...]:
    """Those of the value of CATEGORIES that say that one is away, folded."""
    return tuple(name for name in map(_folded, value.split(",")) if name in AWAY)


def _categories(event: Component) -> frozenset[str]:
    """The categories that mean something, folded."""
    return frozenset(name for found in event.all("CATEGORIES") for name in meant_categories(found.value))


def _folded(name: str) -> str:
    """A category in small letters and with single spaces."""
    return " ".join(name.casefold().replace("-", " ").split())
