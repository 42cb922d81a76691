"""The calls of the Gmail API that a mailbox needs, with their field masks; nothing more is fetched than is used."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from typing import Any

from boundary_google.client import GoogleClient
from boundary_google.parse import RECEIVED_FIELDS, Json

_PART = "mimeType,headers"
#: The structure of a message to a depth of four, and never a word of its text.
_STRUCTURE = f"payload({_PART},parts({_PART},parts({_PART},parts({_PART},parts({_PART})))))"
_ENVELOPE = "id,threadId,labelIds,internalDate"
_CHANGE = "message(id,threadId,labelIds),labelIds"
_HISTORY = (
    "historyId,nextPageToken,"
    f"history(id,messagesAdded(message(id,threadId,labelIds)),labelsAdded({_CHANGE}),labelsRemoved({_CHANGE}))"
)
_KINDS = ("messageAdded", "labelAdded", "labelRemoved")
#: Gmail's greatest page.
_PAGE = 500


class Gmail:
    """The calls, one a method. Every one raises ProviderError."""

    def __init__(self, client: GoogleClient) -> None:
        """Call through `client`; nothing is called yet."""
        self._client = client

    def _users(self, *names: str) -> Any:
        """The API's one resource, or one below it ("messages")."""
        return self._client.resource("gmail", "v1", "users", *names)

    def profile(self) -> Json:
        """The account's address, and the present place in its history."""
        request = self._users().getProfile(userId="me", fields="emailAddress,historyId")
        answer: Json = self._client.read(request)
        return answer

    def history(self, start: str) -> Iterator[Json]:
        """The pages of what changed since a place. Raises Gone where that is too long ago."""
        history, token = self._users("history"), None
        while True:
            request = history.list(
                userId="me",
                startHistoryId=start,
                historyTypes=list(_KINDS),
                maxResults=_PAGE,
                pageToken=token,
                fields=_HISTORY,
            )
            page: Json = self._client.read(request)
            yield page
            token = page.get("nextPageToken")
            if not token:
                return

    def has_changed(self, start: str) -> bool:
        """Whether anything came since a place in the history. Raises Gone where that is too long ago."""
        request = self._users("history").list(
            userId="me",
            startHistoryId=start,
            historyTypes=list(_KINDS),
            maxResults=1,
            fields="history/id,nextPageToken",
        )
        return bool(self._client.read(request))

    def listed(self, label: str) -> Iterator[str]:
        """The ids of the messages with a label, the newest first."""
        messages, token = self._users("messages"), None
        while True:
            request = messages.list(
                userId="me",
                labelIds=[label],
                maxResults=_PAGE,
                pageToken=token,
                fields="messages/id,nextPageToken",
            )
            page = self._client.read(request)
            yield from (each["id"] for each in page.get("messages", ()))
            token = page.get("nextPageToken")
            if not token:
                return

    def structures(self, ids: Sequence[str]) -> list[Any]:
        """Messages with all header fields and how they are put together, without their text."""
        messages = self._users("messages")
        fields = f"{_ENVELOPE},{_STRUCTURE}"
        return self._client.read_all(
            "gmail", [messages.get(userId="me", id=each, format="full", fields=fields) for each in ids]
        )

    def headers(self, ids: Sequence[str], names: Sequence[str] = RECEIVED_FIELDS) -> list[Any]:
        """Messages with some of their header fields; in place of one that failed its ProviderError."""
        messages = self._users("messages")
        fields = f"{_ENVELOPE},payload(mimeType,headers)"
        written = [_written(name) for name in names]
        return self._client.read_all(
            "gmail",
            [
                messages.get(userId="me", id=each, format="metadata", metadataHeaders=written, fields=fields)
                for each in ids
            ],
        )

    def thread(self, thread_id: str) -> Json:
        """The messages of a thread with their labels."""
        request = self._users("threads").get(
            userId="me", id=thread_id, format="minimal", fields=f"messages({_ENVELOPE})"
        )
        answer: Json = self._client.read(request)
        return answer

    def labels(self) -> dict[str, str]:
        """The names of all labels by their ids."""
        request = self._users("labels").list(userId="me", fields="labels(id,name)")
        return {each["id"]: each["name"] for each in self._client.read(request).get("labels", ())}

    def create_label(self, name: str) -> str:
        """Make a label; its id."""
        body = {"name": name, "labelListVisibility": "labelShow", "messageListVisibility": "show"}
        return str(self._client.act(self._users("labels").create(userId="me", body=body))["id"])

    def add_label(self, message_id: str, label_id: str) -> None:
        """Put a label on a message."""
        body = {"addLabelIds": [label_id]}
        self._client.act(self._users("messages").modify(userId="me", id=message_id, body=body))

    def send(self, content: bytes, thread_id: str | None) -> str:
        """Send a message as it is, once; the id of what was sent. Raises OutcomeUnknown, too."""
        body = {"raw": urlsafe_b64encode(content).decode("ascii")}
        if thread_id is not None:
            body["threadId"] = thread_id
        return str(self._client.act(self._users("messages").send(userId="me", body=body))["id"])

    def send_as(self) -> list[str]:
        """The addresses that the account can send from."""
        request = self._users("settings", "sendAs").list(userId="me", fields="sendAs(sendAsEmail)")
        return [each["sendAsEmail"] for each in self._client.read(request).get("sendAs", ())]

    def vacation(self) -> Json:
        """Gmail's own responder as it is set."""
        answer: Json = self._client.read(self._users("settings").getVacation(userId="me"))
        return answer


def _written(name: str) -> str:
    """The name of a field as it is usually written, for whoever compares letter by letter."""
    return "-".join("ID" if part == "id" else part.capitalize() for part in name.split("-"))
