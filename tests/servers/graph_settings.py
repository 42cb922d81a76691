"""The settings of a mailbox of Exchange Online: automatic replies and working hours, with what it makes of them."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

from servers.graph_description import Json

_EPOCH = {"dateTime": "2026-01-01T00:00:00.0000000", "timeZone": "UTC"}


def _replies() -> Json:
    """What a new mailbox says: nothing."""
    return {
        "status": "disabled",
        "externalAudience": "all",
        "scheduledStartDateTime": dict(_EPOCH),
        "scheduledEndDateTime": {**_EPOCH, "dateTime": "2026-01-02T00:00:00.0000000"},
        "internalReplyMessage": "",
        "externalReplyMessage": "",
    }


def _hours() -> Json:
    """What a new mailbox takes for its working hours."""
    return {
        "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "startTime": "08:00:00.0000000",
        "endTime": "17:00:00.0000000",
        "timeZone": {"name": "Pacific Standard Time"},
    }


@dataclass(slots=True)
class MailboxSettings:
    """What the mailbox keeps. `ignores_zone` keeps working hours as UTC whatever zone they are declared in."""

    replies: Json = field(default_factory=_replies)
    hours: Json = field(default_factory=_hours)
    zone: str = "Pacific Standard Time"
    ignores_zone: bool = False
    writes: int = 0

    def told(self, *names: str) -> Json:
        """What is answered; only these settings where some are named."""
        whole = {
            "automaticRepliesSetting": deepcopy(self.replies),
            "workingHours": deepcopy(self.hours),
            "timeZone": self.zone,
        }
        return {name: value for name, value in whole.items() if not names or name in names}

    def change(self, body: Json) -> None:
        """Take what a request says."""
        self.writes += 1
        self.replies |= {
            name: _kept(name, value) for name, value in body.get("automaticRepliesSetting", {}).items()
        }
        self.hours |= {name: _kept_hour(value) for name, value in body.get("workingHours", {}).items()}
        zone = self.hours["timeZone"]
        if self.ignores_zone or not zone.get("name"):
            self.hours["timeZone"] = {"name": "UTC"}

    def is_answering(self, at: datetime) -> bool:
        """Whether the mailbox answers somebody outside at an instant."""
        if self.replies["status"] == "disabled" or self.replies["externalAudience"] == "none":
            return False
        if self.replies["status"] == "alwaysEnabled":
            return True
        start, end = (
            datetime.fromisoformat(self.replies[name]["dateTime"][:19] + "+00:00")
            for name in ("scheduledStartDateTime", "scheduledEndDateTime")
        )
        return start <= at < end


def _kept(name: str, value: object) -> object:
    """A setting as it is kept: with seven digits of a second, in UTC where no zone is declared, as a page of HTML."""
    if isinstance(value, dict):
        moment = f"{value['dateTime'][:19]}.0000000"
        return {"dateTime": moment, "timeZone": value.get("timeZone") or "UTC"}
    if name.endswith("ReplyMessage") and value:
        return f"<html>\r\n<body>\r\n{value}\r\n</body>\r\n</html>\r\n"
    return value


def _kept_hour(value: object) -> object:
    """A time of day as it is kept."""
    if isinstance(value, str):
        return f"{value[:8]}.0000000"
    return value
