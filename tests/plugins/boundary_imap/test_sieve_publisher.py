"""A script of ours beside the user's own ones, on a real Pigeonhole: nothing of theirs is ever changed."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from boundary_imap.own_scripts import BEING_SET_UP
from boundary_plugins.errors import AuthorizationNeeded, ProviderError, Refused, Unavailable, Unsupported
from boundary_plugins.ports import Condition, Publication
from boundary_plugins.testing.benches import at, hours, invented_publication, invented_responses
from builders_managesieve import ANSWERING, BOTH, OURS, SieveBench
from servers.dovecot import Dovecot

#: A script of the user's own as a web mail writes it, with what must not be taken for a command.
SORTING = """\
require ["fileinto", "envelope"];
# rule:[no vacation here]
if header :contains "subject" "vacation"
{
\tfileinto "Junk";
\tstop;
}
/* reject */
"""
DAYS = hours(0, 72)


def night(opens: int = 9) -> Publication:
    """What is answered in the invented night."""
    return replace(invented_publication(opens=opens), responses=invented_responses(opens))


@pytest.fixture
def bench(dovecot: Dovecot, tmp_path: Path) -> SieveBench:
    """A fresh user's scripts."""
    return SieveBench(dovecot, tmp_path)


def test_the_users_own_script_stays_as_it_is_and_runs_after_ours(bench: SieveBench) -> None:
    """RFC 6609: a third script includes both."""
    bench.put("mine", SORTING, active=True)

    assert bench.publisher.publish(night())
    assert not bench.publisher.publish(night())

    scripts, active = bench.scripts()
    assert SORTING.replace("\n", "\r\n") == scripts["mine"]
    assert {"mine", OURS, BOTH} == set(scripts)
    assert BOTH == active
    assert scripts[BOTH].index('"boundary"') < scripts[BOTH].index('"mine"')
    assert bench.publisher.answers_during(DAYS) == tuple(each.interval for each in night().responses)


def test_removing_gives_the_activation_back(bench: SieveBench) -> None:
    """And deletes what is ours."""
    bench.put("mine", SORTING, active=True)
    before = bench.scripts()
    bench.publisher.publish(night())

    bench.publisher.remove()

    assert before == bench.scripts()


def test_a_change_of_the_users_own_script_is_left_to_them(bench: SieveBench) -> None:
    """While ours stands before it."""
    bench.put("mine", SORTING, active=True)
    bench.publisher.publish(night())
    bench.put("mine", "keep;\n")

    written = bench.publisher.publish(night())

    assert not written
    assert "keep;\r\n" == bench.scripts()[0]["mine"]


def test_a_script_of_theirs_that_was_deleted_is_no_longer_run(bench: SieveBench) -> None:
    """Ours alone is active then."""
    bench.put("mine", SORTING, active=True)
    bench.publisher.publish(night())
    bench.delete("mine")

    assert bench.publisher.publish(night())

    scripts, active = bench.scripts()
    assert ({OURS}, OURS) == (set(scripts), active)


@pytest.mark.parametrize(
    "script, names",
    [
        (ANSWERING, "vacation"),
        ('require "reject";\nreject "No.";\n', "reject"),
        ('require "include";\ninclude :personal "answers";\n', "vacation"),
    ],
)
def test_what_sends_something_back_itself_is_left_alone(bench: SieveBench, script: str, names: str) -> None:
    """RFC 5230, section 4.7: two in one run make the whole run fail."""
    bench.put("answers", ANSWERING)
    bench.put("mine", script, active=True)
    before = bench.scripts()

    with pytest.raises(Refused, match=f"your own script has {names}"):
        bench.publisher.publish(night())

    assert before == bench.scripts()
    assert ((DAYS,) if names == "vacation" else ()) == bench.publisher.answers_during(DAYS)


def test_where_their_script_begins_to_answer_ours_steps_back(bench: SieveBench) -> None:
    """Theirs is active as it was, and answers."""
    bench.put("mine", SORTING, active=True)
    bench.publisher.publish(night())
    bench.put("mine", ANSWERING)

    for _ in range(2):
        with pytest.raises(Refused, match="has vacation"):
            bench.publisher.publish(night())

    assert {"mine"} == set(bench.scripts()[0])
    assert "mine" == bench.scripts()[1]
    assert (DAYS,) == bench.publisher.answers_during(DAYS)


@pytest.mark.parametrize("name", ["", "mine"])
def test_what_somebody_activated_since_stays_active(bench: SieveBench, name: str) -> None:
    """Another script, or none; it is told in words, and removing does not touch it either."""
    bench.publisher.publish(night())
    bench.put("mine", SORTING)
    bench.activate(name)
    before = bench.scripts()

    with pytest.raises(Refused, match="the active one, which stays so"):
        bench.opened().publish(night(opens=10))

    assert before == bench.scripts()
    assert () == bench.publisher.answers_during(DAYS)
    bench.publisher.remove()
    assert ({"mine"}, name or None) == (set(bench.scripts()[0]), bench.scripts()[1])


def test_what_somebody_changed_in_our_script_stays(bench: SieveBench) -> None:
    """It counts as answering always, since it says `vacation`; deleting it starts anew."""
    bench.publisher.publish(night())
    changed = bench.scripts()[0][OURS].replace("Thank you.", "Thanks a lot.")
    bench.put(OURS, changed)

    with pytest.raises(Refused, match="somebody changed the script"):
        bench.publisher.publish(night(opens=10))
    bench.publisher.remove()

    assert changed == bench.scripts()[0][OURS]
    assert (DAYS,) == bench.publisher.answers_during(DAYS)


def test_a_script_of_that_name_that_is_not_ours_stays(bench: SieveBench) -> None:
    """Another name can be configured."""
    bench.put(OURS, SORTING)

    with pytest.raises(Refused, match="is not this program's"):
        bench.publisher.publish(night())
    bench.publisher.remove()
    assert bench.opened(script="boundary hours").publish(night())

    assert {OURS, "boundary hours"} == set(bench.scripts()[0])


@pytest.mark.parametrize("joined", [False, True])
def test_what_broke_off_while_it_was_set_up_is_finished(bench: SieveBench, joined: bool) -> None:
    """Before it was in force, and after."""
    bench.put("mine", SORTING, active=True)
    if joined:
        bench.publisher.publish(night())
    bench.put(OURS, BEING_SET_UP)

    assert () == bench.publisher.answers_during(DAYS)
    assert bench.publisher.publish(night())

    assert BOTH == bench.scripts()[1]
    assert bench.publisher.answers_during(DAYS)


def test_a_server_that_cannot_join_scripts_runs_theirs_alone(dovecot: Dovecot, tmp_path: Path) -> None:
    """Which is said, with what to do; without a script of theirs it runs ours."""
    bench = SieveBench(dovecot, tmp_path, dovecot.add_user(sieve_extensions="-include"))
    bench.put("mine", SORTING, active=True)

    with pytest.raises(Refused, match="cannot run two"):
        bench.publisher.publish(night())
    before = bench.scripts()
    bench.activate("")

    assert ({"mine"}, "mine") == (set(before[0]), before[1])
    assert bench.publisher.publish(night())
    assert OURS == bench.scripts()[1]


def test_a_server_without_what_the_script_needs_is_refused_by_name(dovecot: Dovecot, tmp_path: Path) -> None:
    """Nothing is written."""
    bench = SieveBench(dovecot, tmp_path, dovecot.add_user(sieve_extensions="-date"))

    with pytest.raises(Unsupported, match="\\(date\\)"):
        bench.publisher.publish(night())

    assert ({}, None) == bench.scripts()


def test_without_vacation_seconds_days_are_said(dovecot: Dovecot, tmp_path: Path) -> None:
    """RFC 6131 is offered by few; `require` names what is used alone."""
    bench = SieveBench(dovecot, tmp_path, dovecot.add_user(sieve_extensions="-vacation-seconds"))

    bench.publisher.publish(night())

    script = bench.scripts()[0][OURS]
    assert ":days 7" in script
    assert not any(word in script for word in ("vacation-seconds", ":seconds"))


@pytest.mark.parametrize(
    "settings, error",
    [
        # The certificate is trusted by ca_file alone.
        ({"security": "starttls", "ca_file": "trusted"}, None),
        ({"security": "starttls"}, Unavailable),
        # A name that is not in it.
        ({"security": "starttls", "ca_file": "trusted", "host": "localhost"}, Unavailable),
        ({"password_secret": "wrong"}, AuthorizationNeeded),
        ({"password_secret": "not there"}, AuthorizationNeeded),
        ({"password_secret": None, "oauth": {"token_secret": "token"}}, None),
        ({"password_secret": None, "oauth": {"token_secret": "wrong"}}, AuthorizationNeeded),
        # Nobody listens.
        ({"port": 9}, Unavailable),
    ],
)
def test_signing_in(
    bench: SieveBench, dovecot: Dovecot, settings: dict[str, Any], error: type[ProviderError] | None
) -> None:
    """By password or by token, over TLS that is verified."""
    if "ca_file" in settings:
        settings = {**settings, "ca_file": dovecot.trusted}
    publisher = bench.opened(**settings)

    (found,) = publisher.examine()

    assert (Condition.OK if error is None else Condition.BROKEN) is found.condition
    if error is not None:
        with pytest.raises(error):
            publisher.publish(night())
    assert ({}, None) == bench.scripts()


@contextmanager
def answering(*answers: bytes) -> Iterator[int]:
    """A server that greets with the first answer and gives the others, whatever is said; then it is silent."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            with closing(listener.accept()[0]) as connection:
                connection.sendall(answers[0])
                for answer in answers[1:]:
                    connection.recv(65536)
                    connection.sendall(answer)
                while connection.recv(65536):
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


GREETING = b'"SIEVE" "vacation"\r\n"SASL" "PLAIN"\r\nOK\r\n'


@pytest.mark.parametrize(
    "answers, problem",
    [
        # Silence, an end, nonsense, a literal without end, a refusal that passes, and no way in.
        ([b""], "no answer in time"),
        ([b'BYE "too busy"\r\n'], "ended the connection"),
        ([b"* OK IMAP4rev1 ready (\r\n"], "not understood"),
        ([b"{99999999999}\r\n"], "not understood"),
        ([GREETING, b'NO (TRYLATER) "later"\r\n'], "takes no sign-in now"),
        ([b'"SASL" "GSSAPI"\r\nOK\r\n'], "no way to sign in"),
    ],
)
def test_a_server_that_is_not_well_is_told_in_words(
    bench: SieveBench, answers: list[bytes], problem: str
) -> None:
    """And nothing of what it said."""
    with answering(*answers) as port:
        publisher = bench.opened(port=port, timeout=0.3)

        with pytest.raises(Unavailable, match=problem):
            publisher.publish(night())


@contextmanager
def cutting(port: int, after: int) -> Iterator[int]:
    """A way to a server that breaks off after so many commands: the next is done, and nobody hears of it."""
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as listener,
        closing(socket.create_connection(("127.0.0.1", port))) as server,
    ):

        def carry() -> None:
            with closing(listener.accept()[0]) as client:
                client.sendall(server.recv(65536))
                for _ in range(after):
                    server.sendall(client.recv(1 << 20))
                    client.sendall(server.recv(1 << 20))
                server.sendall(client.recv(1 << 20))
                server.recv(1 << 20)

        thread = threading.Thread(target=carry, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def test_wherever_setting_up_breaks_off_it_is_finished_later(dovecot: Dovecot, tmp_path: Path) -> None:
    """At each command; until then theirs runs, alone or after a whole script of ours."""
    broken_off = 0
    # Before the fifth command nothing is written.
    for command in range(5, 20):
        bench = SieveBench(dovecot, tmp_path)
        bench.put("mine", SORTING, active=True)
        with cutting(dovecot.ports["sieve"], command) as port:
            try:
                bench.opened(port=port).publish(night())
            except Unavailable:
                broken_off += 1
            else:
                break

        assert bench.publisher.answers_during(DAYS) in (
            (),
            tuple(each.interval for each in night().responses),
        )
        assert bench.scripts()[1] in ("mine", BOTH)
        bench.publisher.publish(night())
        scripts, active = bench.scripts()
        assert (BOTH, SORTING.replace("\n", "\r\n")) == (active, scripts["mine"])
    assert 5 < broken_off < 15


def test_names_that_come_as_literals_or_with_quotes_are_read(bench: SieveBench) -> None:
    """RFC 5804, section 4: a string is a quoted one or a literal, as the server likes."""
    name = 'my "own" one'
    bench.put(name, SORTING, active=True)

    bench.publisher.publish(night())
    bench.publisher.remove()

    scripts, active = bench.scripts()
    assert {name: SORTING.replace("\n", "\r\n")} == scripts
    assert name == active


def test_reading_back_follows_the_script_and_nothing_else(bench: SieveBench) -> None:
    """A fresh publisher, as after a restart, knows it, too."""
    bench.publisher.publish(night())

    told = bench.opened().answers_during(hours(20, 21))

    assert (hours(20, 21),) == told
    assert () == bench.opened().answers_during(hours(10, 16))
    assert at(17) == night().responses[0].interval.start
