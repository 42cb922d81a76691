"""A provider that answers by itself: it gets the neutral text for each closed window, and the daemon stays quiet then."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from boundary_plugins.cli import execute
from boundary_plugins.errors import ConfigError
from daemon.practice import FRIDAY_CLOSING, HOUR, MINUTE, MONDAY_OPENING, STRANGER, Practice

# A one-file plugin whose provider is a folder: what it was told lies in "programmed.json", and what it says
# in "told.json" where a test writes one.
ROBOT = """
import json
from datetime import datetime
from pathlib import Path
from boundary_plugins import UNKNOWN, Capability, Interval, PublisherProvider, Unavailable, hookimpl
from pydantic import BaseModel, ConfigDict

class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

class Robot:
    def __init__(self, folder):
        self.folder = folder
    def publish(self, publication):
        with (self.folder / "publications").open("a") as file:
            file.write("one\\n")
        wanted = json.dumps([
            [*map(datetime.isoformat, (r.window.start, r.window.end, r.interval.start, r.interval.end)),
             r.subject, r.text]
            for r in publication.responses
        ])
        programmed = self.folder / "programmed.json"
        if programmed.exists() and programmed.read_text() == wanted:
            return False
        programmed.write_text(wanted)
        return True
    def remove(self):
        (self.folder / "programmed.json").unlink(missing_ok=True)
    def close(self):
        pass
    def answers_during(self, between):
        told = self.folder / "told.json"
        words = told.read_text() if told.exists() else "as programmed"
        if words == "away":
            raise Unavailable("robot", "it is away")
        if words == "unknown":
            return UNKNOWN
        if words == "off":
            return ()
        programmed = self.folder / "programmed.json"
        found = json.loads(programmed.read_text()) if programmed.exists() else []
        times = (tuple(map(datetime.fromisoformat, each[2:4])) for each in found)
        cut = ((max(start, between.start), min(end, between.end)) for start, end in times)
        return tuple(Interval(start, end) for start, end in cut if start < end)

@hookimpl
def register_publishers():
    yield PublisherProvider(
        name="robot", summary="answers by itself", settings=Settings,
        open=lambda settings, services: Robot(Path(services.path("."))),
        capabilities=frozenset({Capability.ANSWER_EVERYONE}),
    )
"""
PUBLISHER = """
[[publishers]]
name = "server"
kind = "robot"
"""


def with_robot(practice: Practice, more: str = PUBLISHER, audience: str = "everyone") -> None:
    """A practice whose provider answers by itself."""
    (practice.folder / "plugins" / "robot.py").write_text(ROBOT, "utf-8")
    practice.configure(
        plugins='"files", "robot"', more=more, responses=f'audience = "{audience}"\nhold = "0 seconds"'
    )


def programmed(practice: Practice) -> list[list[str]]:
    """What the provider was told."""
    found: list[list[str]] = json.loads((practice.folder / "programmed.json").read_text())
    return found


def tell(practice: Practice, words: str) -> None:
    """What the provider says from now on."""
    (practice.folder / "told.json").write_text(words)


def published(practice: Practice) -> bool:
    """Publish, as the daemon does; whether it worked."""
    assert practice.assembly is not None
    return practice.assembly.publishing().publish()


def test_it_is_told_the_neutral_text_for_each_closed_window(practice: Practice) -> None:
    with_robot(practice)
    practice.start()

    assert published(practice)

    start, end, answers_from, answers_until, subject, text = programmed(practice)[0]
    assert (FRIDAY_CLOSING, MONDAY_OPENING) == (datetime.fromisoformat(start), datetime.fromisoformat(end))
    # Until three hours before the opening, that second included.
    assert start == answers_from
    assert "2026-11-23T11:00:01+00:00" == answers_until
    assert "Automatic reply" == subject
    assert "Monday" in text
    assert "988" in text
    assert not any(private in text for private in ("Quiet Harbor", "R. Example"))


def test_the_daemon_stays_quiet_while_the_provider_answers_and_records_the_contact(
    practice: Practice,
) -> None:
    with_robot(practice)
    practice.start()
    published(practice)
    name = practice.deliver()

    practice.look_and_send()

    assert "provider-responder" == practice.reason(name)
    assert [] == practice.receiver.received
    assert 1 == practice.store.counts(practice.clock.now - HOUR).contacts


def test_what_the_provider_answered_on_the_evening_before_is_not_answered_again(practice: Practice) -> None:
    with_robot(practice)
    practice.start()
    published(practice)
    name = practice.deliver()
    # The computer was off overnight, and is started on Saturday morning within the same closed window.
    practice.close()
    practice.clock.advance(13 * HOUR)
    practice.restart()
    published(practice)

    practice.look_and_send()

    assert "provider-responder" == practice.reason(name)
    assert [] == practice.receiver.received


@pytest.mark.parametrize("words", ["away", "unknown"])
def test_what_cannot_be_read_back_counts_as_answered_by_the_provider(practice: Practice, words: str) -> None:
    with_robot(practice)
    tell(practice, words)
    practice.start()
    published(practice)
    name = practice.deliver()

    practice.look_and_send()

    assert "provider-responder" == practice.reason(name)


def test_where_the_provider_was_switched_off_the_daemon_answers(practice: Practice) -> None:
    with_robot(practice)
    tell(practice, "off")
    practice.start()
    published(practice)
    practice.deliver(STRANGER)

    practice.look_and_send()

    assert [STRANGER] == practice.recipients


def test_a_provider_that_is_away_later_is_taken_at_its_last_word(practice: Practice) -> None:
    with_robot(practice)
    tell(practice, "off")
    practice.start()
    published(practice)
    tell(practice, "away")

    assert not published(practice)

    practice.deliver(STRANGER)
    practice.look_and_send()
    assert [STRANGER] == practice.recipients


def test_what_was_programmed_and_not_yet_read_back_counts_as_answered_by_the_provider(
    practice: Practice,
) -> None:
    with_robot(practice)
    practice.start(armed=False)
    published(practice)
    practice.arm()
    tell(practice, "away")

    assert not published(practice)

    name = practice.deliver(STRANGER)
    practice.look_and_send()
    assert "provider-responder" == practice.reason(name)
    assert [] == practice.receiver.received


def test_what_came_before_the_provider_was_told_is_answered_by_the_daemon(practice: Practice) -> None:
    with_robot(practice)
    practice.start(armed=False)
    published(practice)
    practice.look_and_send()
    practice.arm()
    practice.deliver(STRANGER)
    practice.clock.advance(MINUTE)
    published(practice)
    later = practice.deliver()

    practice.look_and_send()

    assert [STRANGER] == practice.recipients
    assert "provider-responder" == practice.reason(later)


def test_while_it_only_watches_the_provider_is_told_nothing(practice: Practice) -> None:
    with_robot(practice)
    practice.start(armed=False)

    assert published(practice)

    assert not (practice.folder / "programmed.json").exists()


def test_arming_lets_the_provider_answer_and_pausing_stops_it(practice: Practice) -> None:
    with_robot(practice)
    practice.start(armed=False)
    assert practice.assembly is not None
    publishing = practice.assembly.publishing()
    told = []

    for change in (practice.arm, practice.pause):
        change()
        publishing.publish()
        told.append((practice.folder / "programmed.json").exists())

    assert [True, False] == told


def test_a_provider_that_the_configuration_names_no_more_is_told(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    with_robot(practice)
    practice.start()
    published(practice)
    practice.close()
    with_robot(practice, more="")
    practice.restart()

    execute(["--config", str(practice.config_path), "doctor"])

    problem = "its provider was told to answer by itself, and the configuration names it no more"
    assert any(problem in text for text in practice.told)
    assert problem in capsys.readouterr().out


def test_a_provider_that_was_silenced_may_be_taken_out(practice: Practice) -> None:
    with_robot(practice)
    practice.start()
    published(practice)
    practice.pause()
    published(practice)
    practice.close()
    with_robot(practice, more="")

    practice.restart()

    assert [] == practice.told


def test_pausing_says_when_the_mail_server_stops(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    with_robot(practice)
    practice.start()

    assert 0 == execute(["--config", str(practice.config_path), "pause"])

    assert "A mail server that answers by itself stops within a minute" in capsys.readouterr().out


def test_a_run_once_asks_before_it_judges(practice: Practice) -> None:
    with_robot(practice)
    practice.start()
    practice.close()
    practice.deliver(STRANGER)

    assert practice.run_once()

    assert [] == practice.receiver.received


def test_a_place_that_failed_is_asked_again_at_the_next_turn_also_with_what_it_had(
    practice: Practice,
) -> None:
    """What stands there after a failure nobody knows, even where the hours are as they were before it."""
    with_robot(practice)
    practice.start()
    assert practice.assembly is not None
    publishing = practice.assembly.publishing()
    publishing.publish()
    tell(practice, "away")
    practice.clock.advance(6 * MINUTE)
    failed = publishing.publish()
    tell(practice, "off")
    practice.clock.advance(MINUTE)

    assert (False, True) == (failed, publishing.publish())

    practice.deliver(STRANGER)
    practice.look_and_send()
    assert [STRANGER] == practice.recipients


def test_a_place_across_a_network_is_not_asked_each_minute(practice: Practice) -> None:
    with_robot(practice)
    practice.start()
    assert practice.assembly is not None
    publishing = practice.assembly.publishing()

    for _ in range(3):
        publishing.publish()
        practice.clock.advance(MINUTE)
    practice.clock.advance(3 * MINUTE)
    publishing.publish()

    assert 2 == len((practice.folder / "publications").read_text().splitlines())


def test_status_says_which_mailbox_its_server_answers(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    with_robot(practice)
    practice.start(clients=())

    assert 0 == execute(["--config", str(practice.config_path), "status"])

    said = " ".join(capsys.readouterr().out.split())
    assert "No client is on file" not in said
    assert "Mailbox main: its mail server answers while contact hours are closed (publisher server)." in said


def problems(practice: Practice) -> list[str]:
    """What is wrong with the configuration."""
    with pytest.raises(ConfigError) as caught:
        practice.assembled()
    return [str(each) for each in caught.value.problems]


def test_it_is_refused_where_only_clients_may_be_answered(practice: Practice) -> None:
    with_robot(practice, audience="clients")

    (problem,) = problems(practice)

    assert Path(practice.config_path).name in problem
    assert "publishers[1].kind" in problem
    assert 'audience = "everyone"' in problem


@pytest.mark.parametrize(
    "more, says",
    [
        (PUBLISHER + 'mailbox = "mian"\n', "names no mailbox of this file ('mian'); allowed: main"),
        (
            '\n[[publishers]]\nname = "page"\nkind = "page"\npath = "page.html"\nmailbox = "main"\n',
            "a publisher of the kind 'page' answers no mailbox; allowed: to leave it out",
        ),
        (
            PUBLISHER + '\n[[mailboxes]]\nname = "second"\nkind = "maildir"\npath = "Maildir"\n'
            '[mailboxes.smtp]\nhost = "127.0.0.1"\nport = 25\nsecurity = "none"\n',
            "is missing; allowed: main, second",
        ),
    ],
)
def test_a_mailbox_that_does_not_fit_is_told_with_its_line(practice: Practice, more: str, says: str) -> None:
    with_robot(practice, more)

    (problem,) = problems(practice)

    assert "publishers[1].mailbox" in problem
    assert problem.endswith(says)
