"""Gmail's own vacation responder, programmed for one closed window at a time, and given back as it was."""

from datetime import UTC, datetime, timedelta
from typing import Any

from boundary_google.client import GoogleClient
from boundary_google.examination import vacation_examined
from boundary_google.programmed import Programmed, ProgrammedFile, fingerprint
from boundary_google.settings import VacationSettings
from boundary_plugins import (
    Condition,
    Examined,
    Interval,
    Publication,
    Refused,
    Services,
    Unavailable,
    Unknown,
    WindowResponse,
    intersection,
)

Json = dict[str, Any]

_FOREIGN = "Gmail's vacation responder is switched on, and not by this program; it is left as it is"
_FIELDS = (
    "enableAutoReply,startTime,endTime,restrictToContacts,restrictToDomain,"
    "responseSubject,responseBodyPlainText,responseBodyHtml"
)
_READ_BACK = ("enableAutoReply", "restrictToContacts", "startTime", "endTime")
_OFF: Json = {"enableAutoReply": False}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class VacationPublisher:
    """The ports `Publisher` and `Responder` over the settings of one Gmail account.

    Gmail answers a sender once in four days, and forgets whom it answered with each change: it is changed only
    where it differs, which is once for each window.
    """

    def __init__(self, settings: VacationSettings, services: Services) -> None:
        """Ask nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "publisher"
        self._client = GoogleClient(settings, services)
        self._file = ProgrammedFile(services.state_directory / "vacation.json", self._name)

    def publish(self, publication: Publication) -> bool:
        """Program the present or the coming closed window, and read it back.

        Raises Refused where somebody else switched the responder on, and other ProviderErrors.
        """
        present, known = self._present(), self._file.load()
        if _is_on(present, publication.as_of) and not known.is_ours(present):
            raise Refused(self._name, _FOREIGN)
        coming = [each for each in publication.responses if each.interval.end > publication.as_of]
        if not coming:
            return self._give_back(present, known)
        wanted = self._wanted(coming[0])
        if present.get("enableAutoReply") and known.is_programmed(wanted, present):
            return False
        self._program(wanted, present, known)
        return True

    def remove(self) -> None:
        """Give the responder back as it was before; one that somebody else switched on stays."""
        self._give_back(self._present(), self._file.load())

    def answers_during(self, between: Interval) -> tuple[Interval, ...] | Unknown:
        """When the responder is on, whoever switched it on. Raises ProviderError."""
        present = self._present()
        if not present.get("enableAutoReply"):
            return ()
        start = _instant(present.get("startTime")) or between.start
        end = _instant(present.get("endTime")) or between.end
        return intersection([Interval(start, end)], [between]) if start < end else ()

    def examine(self) -> tuple[Examined, ...]:
        """The sign-in, and whether the responder is free to be used."""
        return vacation_examined(self._client, self._examined, self._services.now())

    def close(self) -> None:
        """Let go of every connection."""
        self._client.close()

    def _examined(self) -> Examined:
        """Whose responder it is."""
        part, present = "vacation responder", self._present()
        if not _is_on(present, self._services.now()):
            return Examined(part, Condition.OK, "it is off, and free to be used")
        if self._file.load().is_ours(present):
            return Examined(part, Condition.OK, "it is programmed by this program")
        found = "it is switched on, and not by this program; nothing of it is changed"
        return Examined(part, Condition.BROKEN, found, "switch it off in Gmail's settings")

    def _present(self) -> Json:
        """The responder as it is set."""
        settings = self._client.resource("gmail", "v1", "users", "settings")
        answer: Json = self._client.read(settings.getVacation(userId="me", fields=_FIELDS))
        return answer

    def _wanted(self, response: WindowResponse) -> Json:
        """What is set for one window; both times are in milliseconds since 1970."""
        return {
            "enableAutoReply": True,
            "responseSubject": response.subject,
            "responseBodyPlainText": response.text,
            "restrictToContacts": self._settings.contacts_only,
            "restrictToDomain": False,
            "startTime": _milliseconds(response.interval.start),
            "endTime": _milliseconds(response.interval.end),
        }

    def _program(self, wanted: Json, present: Json, known: Programmed) -> None:
        """Set the responder, and see that it is set so."""
        before = known.before if known.is_ours(present) else present
        # It is noted first, so that it is known for ours also where the answer is lost.
        marks = (fingerprint(wanted), *((fingerprint(present),) if known.is_ours(present) else ()))
        self._file.save(Programmed(before, marks))
        self._set(wanted)
        held = self._present()
        if any(held.get(name, False) != wanted[name] for name in _READ_BACK):
            raise Unavailable(self._name, "Gmail does not hold the vacation responder that it was given")
        self._file.save(Programmed(before, marks[:1], fingerprint(held)))

    def _give_back(self, present: Json, known: Programmed) -> bool:
        """Let the responder be as it was before, where it is ours; whether it was."""
        is_ours = known.is_ours(present)
        if is_ours:
            self._set({**_OFF, **known.before})
        self._file.forget()
        return is_ours

    def _set(self, wanted: Json) -> None:
        """Change the responder."""
        settings = self._client.resource("gmail", "v1", "users", "settings")
        self._client.act(settings.updateVacation(userId="me", body=wanted, fields="enableAutoReply"))


def _is_on(present: Json, at: datetime) -> bool:
    """Whether the responder answers now or will; one whose time is over does not."""
    end = _instant(present.get("endTime"))
    return bool(present.get("enableAutoReply")) and (end is None or end > at)


def _milliseconds(at: datetime) -> str:
    """An instant as Gmail writes it."""
    return str((at - _EPOCH) // _MILLISECOND)


def _instant(milliseconds: object) -> datetime | None:
    """An instant that Gmail wrote; None for none."""
    text = str(milliseconds or "")
    return _EPOCH + int(text) * _MILLISECOND if text.isdigit() and text != "0" else None
