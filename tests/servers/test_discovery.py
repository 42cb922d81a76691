"""The descriptions find every call and refuse what Google does not know; each check is seen to fail."""

import pytest

from servers.discovery import Json, description
from servers.google import masked

GMAIL = description("gmail.v1")
GET = ("GET", "/gmail/v1/users/me/messages/18f")
SEND = ("POST", "/gmail/v1/users/me/messages/send")
WATCH = ("POST", "/gmail/v1/users/me/watch")


@pytest.mark.parametrize(
    ("verb", "path", "expected"),
    [
        (*GET, "gmail.users.messages.get"),
        (*SEND, "gmail.users.messages.send"),
        # The same path means another method by its verb.
        ("PUT", "/gmail/v1/users/me/settings/vacation", "gmail.users.settings.updateVacation"),
        ("GET", "/gmail/v1/users/me/settings/vacation", "gmail.users.settings.getVacation"),
    ],
)
def test_a_request_is_one_method(verb: str, path: str, expected: str) -> None:
    """By verb and path."""
    call = GMAIL.call(verb, path)

    assert call is not None
    assert expected == call.id


@pytest.mark.parametrize(("verb", "path"), [("GET", "/gmail/v1/users/me/mesages"), ("PUT", SEND[1])])
def test_what_is_no_method_is_none(verb: str, path: str) -> None:
    """A misspelt path, or another verb."""
    assert GMAIL.call(verb, path) is None


@pytest.mark.parametrize(
    ("request_line", "query", "body", "problem"),
    [
        (GET, [("format", "metadata"), ("metadataHeaders", "To"), ("metadataHeaders", "Cc")], None, None),
        (GET, [("form", "metadata")], None, "has no parameter form"),
        (GET, [("format", "headers")], None, "parameter format is not one of"),
        (GET, [("format", "raw"), ("format", "raw")], None, "parameter format stands there twice"),
        (GET, [], {"raw": ""}, "a body where none is taken"),
        (SEND, [], {"raw": "QQ==", "threadId": "18f"}, None),
        (SEND, [], {"raw": "QQ==", "thread": "18f"}, "body has no field thread"),
        (SEND, [], {"raw": "not base64!"}, "body.raw is no byte"),
        (SEND, [], {"raw": "QQ==", "payload": {"headers": [{"nam": "To"}]}}, "headers[0] has no field nam"),
        (SEND, [], {"historyId": 5}, "body.historyId is int and not string"),
        (WATCH, [], {"labelFilterBehavior": "exclude", "topicName": "projects/p/topics/t"}, None),
        (WATCH, [], {"labelFilterBehavior": "without"}, "is not one of"),
    ],
)
def test_what_google_does_not_know_is_a_problem(
    request_line: tuple[str, str], query: list[tuple[str, str]], body: Json | None, problem: str | None
) -> None:
    """Parameters, fields, their types and their words."""
    call = GMAIL.call(*request_line)
    assert call is not None

    found = GMAIL.problems_of_request(call, query, body)

    assert (found == []) if problem is None else (found != [] and problem in found[0])


def test_an_answer_is_held_to_the_description_too() -> None:
    """A server that invents a field proves nothing."""
    call = GMAIL.call(*GET)
    assert call is not None

    assert [] == GMAIL.problems_of_response(call, {"id": "1", "historyId": "100000000000000000007"})
    assert ["answer has no field unread"] == GMAIL.problems_of_response(call, {"id": "1", "unread": True})


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("id", {"id": "1"}),
        ("messages/id", {"messages": [{"id": "2"}]}),
        (
            "id,messages(payload(headers),id)",
            {"id": "1", "messages": [{"payload": {"headers": 3}, "id": "2"}]},
        ),
    ],
)
def test_a_mask_keeps_what_it_names(mask: str, expected: Json) -> None:
    """At any depth."""
    whole = {"id": "1", "x": 0, "messages": [{"id": "2", "x": 0, "payload": {"headers": 3, "body": 4}}]}

    assert expected == masked(whole, mask)
