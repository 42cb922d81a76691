"""The next opening and the day of a promise as a sentence takes them, in the client's zone and the therapist's."""

from datetime import datetime
from functools import lru_cache

from babel import Locale

from boundary_plugins.core.language import region_in
from boundary_plugins.core.response import ResponseFacts
from boundary_plugins.rendering import moments
from boundary_plugins.rendering.phrases import said


def opening_and_promise(
    facts: ResponseFacts, language: str, form: moments.DayForm
) -> tuple[str | None, str | None]:
    """The next opening and the day of the promise in words; None for what is not known or not promised."""
    at = facts.next_opening_at
    if at is None:
        return None, None
    locale = moments.locale_for(language, facts.region or region_in(facts.language))
    practice_zone = moments.zone_or(facts.practice_zone, "UTC")
    zone = moments.zone_or(facts.zone, practice_zone)
    opening = _opening(at, zone, practice_zone, locale, form)
    if facts.promised_by is None:
        return opening, None
    # A day of the practice is another one elsewhere: say whose it is where the clocks differ.
    differ = moments.clocks_differ(at, zone, practice_zone)
    words = {
        "date": moments.named_day(facts.promised_by, locale, form),
        "zone": _zone(moments.moment(at, practice_zone, locale, form), locale) if differ else None,
    }
    return opening, said("day", language, words)


# Many clients hear of one opening.
@lru_cache(maxsize=512)
def _opening(at: datetime, zone: str, practice_zone: str, locale: Locale, form: moments.DayForm) -> str:
    """The opening in a zone, and in the practice's where its clocks differ; its date only where that differs."""
    here = moments.moment(at, zone, locale, form)
    there = moments.moment(at, practice_zone, locale, form)
    words = _words(here, locale)
    other: dict[str, object] = dict.fromkeys(words)
    if moments.clocks_differ(at, zone, practice_zone):
        other = _words(there, locale)
        if there.date == here.date:
            other["date"] = None
    return said("opening", locale.language, words | {f"other_{name}": word for name, word in other.items()})


def _words(moment: moments.Moment, locale: Locale) -> dict[str, object]:
    """One moment, with the preposition of its time and the name of its zone."""
    return {
        "date": moment.date,
        "time": moment.time,
        "at_time": said("at_time", locale.language, {"time": moment.time}, count=moment.hour),
        "zone": _zone(moment, locale),
        "city": moment.city,
    }


def _zone(moment: moments.Moment, locale: Locale) -> str:
    """The zone of a moment by its place: "New York time", "heure d’Auckland"."""
    place = {"city": moment.city, "initial": moment.city[:1], "is_offset": moment.is_offset}
    return said("zone", locale.language, place)
