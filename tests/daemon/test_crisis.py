"""Of a message that sounds like a crisis the therapist is told before any rule of silence applies."""

import re
import shutil

import pytest

from boundary_plugins.core.response import Wording
from daemon.practice import AB, AB_AT_WORK, HOUR, STRANGER, Practice, text_of

SECOND = """
[[mailboxes]]
name = "second"
kind = "maildir"
path = "Second"
"""
CRISIS = "I can't go on, I want to die"


@pytest.mark.parametrize(
    "sender, headers, hours_ago",
    [
        # A stranger, who is not answered.
        (STRANGER, {}, 0),
        # A newsletter.
        (STRANGER, {"List-Unsubscribe": "<https://example.net/u>", "Precedence": "bulk"}, 0),
        # A machine.
        (AB, {"Auto-Submitted": "auto-generated"}, 0),
        # A client in contact hours.
        (AB, {}, 4),
        # A message that is too old to be answered.
        (AB, {}, 60),
    ],
)
def test_a_crisis_is_told_before_any_refusal(
    practice: Practice, sender: str, headers: dict[str, str], hours_ago: int
) -> None:
    practice.start(armed=False)
    practice.deliver(sender, CRISIS, arrived=practice.clock.now - hours_ago * HOUR, headers=headers)

    practice.look_and_send()

    assert 1 == practice.logged("sounds like a crisis")
    (told,) = practice.told
    assert "sounds like a crisis" in told
    assert [] == practice.recipients
    practice.assert_nothing_private_was_kept()


def test_a_crisis_is_told_in_the_practices_own_time(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB, CRISIS)

    practice.look()

    (told,) = practice.told
    assert "came on Fri 20 Nov 2026 at 20:00" in told
    assert "UTC" not in told


def test_a_crisis_in_each_of_two_mailboxes_is_told_by_the_mailbox(practice: Practice) -> None:
    """Two mailboxes may give two messages of strangers the same id, and one notice must not hide the other."""
    shutil.copytree(practice.maildir, practice.folder / "Second")
    practice.configure(more=SECOND)
    practice.start()
    name = practice.deliver(STRANGER, CRISIS)
    shutil.copy(practice.maildir / "new" / name, practice.folder / "Second" / "new" / name)

    practice.look()

    assert ["mailbox main", "mailbox second"] == sorted(text.partition(":")[0] for text in practice.told)


def test_the_response_to_a_crisis_begins_with_help_and_speaks_of_no_fee_or_promise(
    practice: Practice,
) -> None:
    practice.start()
    practice.deliver(AB, CRISIS)

    practice.look_and_send()

    text = text_of(practice.responses[0])
    assert "988" in text
    assert text.index("988") < text.index("monitored")
    assert not re.search(r"(?i)\bfees?\b|\bcharge|\$|\bwill (answer|reply|get back)|\bbusiness day", text)


def test_a_crisis_after_an_ordinary_response_gets_resources_alone_and_once(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look_and_send()
    for address in (AB, AB_AT_WORK, AB):
        practice.deliver(address, CRISIS)
        practice.look_and_send()

    assert [Wording.DISCREET, Wording.RESOURCES_ONLY] == [intent.facts.wording for intent in practice.intents]
    assert [AB, AB] == practice.recipients
    assert 3 == practice.logged("sounds like a crisis")
    assert 3 == len(practice.told)
