"""That a person is told belongs to the fact itself: a program stopped between the two would never tell."""

import sqlite3
from contextlib import closing

import pytest

from boundary_plugins.store.records import IntentState, MessageState
from boundary_plugins.testing.smtp_receiver import Fault, Reply, SmtpReceiver, Stage
from daemon.practice import DAY, MINUTE, Practice


@pytest.mark.parametrize(
    "key, fault, left, settled, words",
    [
        # Nobody can tell whether it went: it is set aside.
        (
            "look: response%",
            Fault.DROP,
            IntentState.ATTEMPTING,
            IntentState.SET_ASIDE,
            "A response to client AB was set aside",
        ),
        # The host was away until the window was over: it is dropped.
        (
            "look: response%",
            Reply("421 4.3.2 away"),
            IntentState.INTENDED,
            IntentState.DROPPED,
            "A response to client AB could not be sent",
        ),
    ],
)
def test_a_response_is_never_settled_without_the_word_about_it(
    practice: Practice,
    receiver: SmtpReceiver,
    key: str,
    fault: Fault | Reply,
    left: IntentState,
    settled: IntentState,
    words: str,
) -> None:
    """Promise 4: set aside with a reason a person can read."""
    receiver.faults[Stage.FINAL_DOT] = fault
    practice.start()
    practice.deliver()
    refuse_notices(practice, key)

    practice.look_and_send()
    practice.look(after=3 * DAY)
    before = practice.states
    accept_notices(practice)
    practice.look(after=MINUTE)

    assert [left] == before
    assert [settled] == practice.states
    assert 1 == sum(words in text for text in practice.told)


def test_a_message_is_never_set_aside_without_the_word_about_it(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that cannot be judged is told of, or it is tried again."""
    practice.start()
    provider_id = practice.deliver()
    refuse_notices(practice, "look: mailbox%")
    assert practice.assembly is not None
    monkeypatch.setattr(type(practice.assembly.judge), "appraise", _failing)

    practice.look()
    before = practice.store.messages()
    accept_notices(practice)
    practice.look(after=MINUTE)

    assert [] == before
    assert MessageState.SET_ASIDE is practice.message(provider_id).state
    assert 1 == sum("one message was set aside" in text for text in practice.told)


def _failing(*_: object) -> None:
    """A bug."""
    raise ZeroDivisionError


def refuse_notices(practice: Practice, key: str) -> None:
    """Let the store fail just where it would keep a word of this kind, as a full disk can."""
    with closing(sqlite3.connect(practice.database)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER refused BEFORE INSERT ON notices "
            f"WHEN NEW.key LIKE '{key}' BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )


def accept_notices(practice: Practice) -> None:
    """Let it work again."""
    with closing(sqlite3.connect(practice.database)) as connection, connection:
        connection.execute("DROP TRIGGER refused")
