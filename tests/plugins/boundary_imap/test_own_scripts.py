"""What a script of the user's own does, told without running it."""

import pytest

from boundary_imap.own_scripts import SENDING_BACK, actions_in, includes_in, joined_by, joining_script


@pytest.mark.parametrize(
    "script, sending",
    [
        ('require "vacation";\nvacation "Away.";', {"vacation"}),
        ("Vacation :days 3 text:\nI am away.\n.\n;", {"vacation"}),
        ('if true { eReject "No."; }', {"ereject"}),
        # Names in strings, in comments and in texts of several lines.
        ('require ["vacation", "fileinto"];\nfileinto "vacation";', set()),
        ("# vacation\n/* reject\nvacation */ keep;", set()),
        ('notify text: # hello\nvacation "Away.";\n..\n.\n;\nkeep;', set()),
        ('set "x" "a \\" vacation \\\\"; keep;', set()),
        # A text of no line at all, and one that never ends.
        ('set "x" text:\n.\n; vacation "Away.";', {"vacation"}),
        ('fileinto "never', set()),
        # Words that only begin alike, and tags.
        ("vacations; :vacation; x_reject;", set()),
        ("", set()),
    ],
)
def test_what_sends_something_back_is_known_by_its_command(script: str, sending: set[str]) -> None:
    """RFC 5228, section 8.1, whatever the ends of lines."""
    for spelling in (script, script.replace("\n", "\r\n")):
        assert sending == actions_in(spelling) & SENDING_BACK


def test_included_scripts_are_known_with_where_they_lie() -> None:
    """RFC 6609, section 3.2; a script lies with the user where nothing is said."""
    script = 'include "one"; include :once :optional :personal "t\\"wo"; include :global "three"; # include "four";'

    assert (("one", True), ('t"wo', True), ("three", False)) == includes_in(script)


def test_the_script_that_joins_both_is_known_again() -> None:
    """With the name of theirs; not where somebody changed it."""
    joining = joining_script("boundary", 'my "own" \\ one')

    assert 'my "own" \\ one' == joined_by(joining.replace("\n", "\r\n"), "boundary")
    assert joined_by(joining + 'include "another";', "boundary") is None
    assert joined_by(joining, "limits") is None
    assert joined_by("keep;", "boundary") is None
