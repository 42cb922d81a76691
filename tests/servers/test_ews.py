"""The Exchange of our own notices what Microsoft's schemas do not know, and whom it does not know."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import requests_ntlm

from servers.ews import EwsServer, Fault
from servers.ews_schema import MESSAGES, SOAP, TYPES, schemas

ADDRESS, PASSWORD = "therapist@example.com", "correct horse"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EwsServer]:
    """The server with one mailbox."""
    if schemas() is None:
        pytest.skip("Microsoft's schemas of EWS are not on this machine")
    with EwsServer(tmp_path_factory.mktemp("ews")) as made:
        made.add_mailbox(ADDRESS, PASSWORD)
        yield made


def asked(server: EwsServer, inner: str, auth: Any = (ADDRESS, PASSWORD)) -> requests.Response:
    """A request as any program would make it."""
    spaces = f'xmlns:s="{SOAP}" xmlns:t="{TYPES}" xmlns:m="{MESSAGES}"'
    envelope = f"<s:Envelope {spaces}><s:Body>{inner}</s:Body></s:Envelope>"
    with requests.Session() as session:
        return session.post(server.url, envelope, auth=auth, verify=str(server.ca_file), timeout=20)


def folder(shape: str = "<t:BaseShape>IdOnly</t:BaseShape>") -> str:
    """A question for the inbox."""
    mailbox = f"<t:Mailbox><t:EmailAddress>{ADDRESS}</t:EmailAddress></t:Mailbox>"
    ids = (
        f'<m:FolderIds><t:DistinguishedFolderId Id="inbox">{mailbox}</t:DistinguishedFolderId></m:FolderIds>'
    )
    return f"<m:GetFolder><m:FolderShape>{shape}</m:FolderShape>{ids}</m:GetFolder>"


def taken(server: EwsServer) -> list[str]:
    """The violations so far, which are then over."""
    found, server.violations = server.violations, []
    return found


def test_a_request_that_the_schemas_know_is_answered_and_one_that_they_do_not_is_noticed(
    server: EwsServer,
) -> None:
    """Both are answered, so that a test fails for its violations and not for something else."""
    right = asked(server, folder())
    first = taken(server)
    asked(server, folder("<t:BaseShape>Everything</t:BaseShape>"))
    second = taken(server)

    assert (200, []) == (right.status_code, first)
    assert "NoError" in right.text
    assert 1 <= len(second)
    assert "request GetFolder" in second[0]


def test_an_answer_that_the_schemas_do_not_know_is_noticed(server: EwsServer) -> None:
    """The server is held to them, too."""
    server.fail_next(ADDRESS, Fault("GetFolder", code="ErrorOfOurOwn"))

    asked(server, folder())

    assert any(each.startswith("answer GetFolderResponse") for each in taken(server))


@pytest.mark.parametrize("password, status", [(PASSWORD, 200), ("wrong", 401)])
def test_ntlm_proves_the_password(server: EwsServer, password: str, status: int) -> None:
    """By pyspnego's acceptor, which never hears it."""
    server.accepts = {"NTLM"}

    answer = asked(server, folder(), requests_ntlm.HttpNtlmAuth(ADDRESS, password))
    server.accepts = {"Basic", "NTLM", "Bearer"}

    assert status == answer.status_code


def test_a_stranger_gets_nothing(server: EwsServer) -> None:
    """Neither without a password nor with a wrong one."""
    statuses = [asked(server, folder(), auth).status_code for auth in (None, (ADDRESS, "wrong"))]

    assert [401, 401] == statuses
