"""What boundary_google says of its calendars and publishers before anything is opened, and what it refuses."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

import boundary_google
from boundary_google.settings import (
    CalendarPublisherSettings,
    GoogleCalendarSettings,
    GoogleSettings,
    VacationSettings,
)
from boundary_plugins.host.providers import Capability


def test_calendars_and_publishers_are_offered() -> None:
    """The vacation responder is the one that answers everyone by itself."""
    (calendar,), publishers = (
        boundary_google.register_calendars(),
        list(boundary_google.register_publishers()),
    )

    assert "google-calendar" == calendar.name
    assert ["google-calendar", "gmail-vacation"] == [each.name for each in publishers]
    answering = [each.name for each in publishers if Capability.ANSWER_EVERYONE in each.capabilities]
    assert ["gmail-vacation"] == answering


@pytest.mark.parametrize(
    ("settings", "scope"),
    [
        (GoogleCalendarSettings(), "calendar.events.readonly"),
        (CalendarPublisherSettings(calendar="primary"), "calendar.events"),
        (VacationSettings(), "gmail.settings.basic"),
    ],
)
def test_each_asks_for_the_least_scope(settings: GoogleSettings, scope: str) -> None:
    """One, and of those that do the narrowest."""
    assert {f"https://www.googleapis.com/auth/{scope}"} == settings.scopes()


@pytest.mark.parametrize(
    ("model", "wrong", "words"),
    [
        (GoogleCalendarSettings, {"calendars": []}, "at least 1 item"),
        (GoogleCalendarSettings, {"calendars": ["Practice hours"]}, "should match pattern"),
        (GoogleCalendarSettings, {"calendar": "primary"}, "Extra inputs"),
        (GoogleCalendarSettings, {"holds": "hours"}, "'events' or 'available hours'"),
        (CalendarPublisherSettings, {}, "Field required"),
        (
            CalendarPublisherSettings,
            {"calendar": "primary", "shows": "busy"},
            "'open', 'closed' or 'out of office'",
        ),
        (CalendarPublisherSettings, {"calendar": "primary", "absences": "all"}, "'this week' or 'all weeks'"),
        (VacationSettings, {"contacts_only": "perhaps"}, "valid boolean"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_settings_that_cannot_be_meant_are_refused(model: Any, wrong: dict[str, object], words: str) -> None:
    """With what is allowed."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(wrong)

    assert words in str(caught.value)


def test_registering_loads_no_library() -> None:
    """What opens is loaded when something is opened."""
    program = (
        "import boundary_google, sys\n"
        "list(boundary_google.register_calendars()), list(boundary_google.register_publishers())\n"
        "print(*sys.modules)"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert not {"googleapiclient", "google.auth", "httplib2"} & set(loaded.stdout.split())
