"""The operations of EWS that are used, as exchangelib's services with payloads and answers of ours."""

import types
from typing import Any

from exchangelib.services.common import EWSAccountService

Xml = Any


class _Operation(EWSAccountService):  # type: ignore[misc]
    """One operation of EWS with a payload of ours, whose answer is read by ours."""

    def call(self, payload: Xml) -> list[Xml]:
        """The messages of the answer as they are."""
        return list(self._get_elements(payload=payload))

    def _get_elements_in_response(self, response: Any) -> Any:
        """Each message, well or not."""
        yield from response


class _Settings(_Operation):
    """An operation whose answer holds one message beside what it gives."""

    def _get_elements_in_response(self, response: Any) -> Any:
        """The whole answer, with what went wrong on top of it."""
        for whole in response:
            inner = whole.find(f".//{{{self.NS_MAP['m']}}}ResponseMessage")
            yield inner if inner is not None and inner.get("ResponseClass") == "Error" else whole


def _operation(name: str, base: type) -> type:
    """exchangelib's service for an operation; the operation's name is an attribute of its class."""
    # A subscription lives on one server of several.
    own = {"SERVICE_NAME": name, "prefer_affinity": name == "Subscribe"}
    return types.new_class(name, (base,), exec_body=lambda space: space.update(own))


OPERATIONS: dict[str, Any] = {
    **{
        name: _operation(name, _Operation)
        for name in (
            "CreateItem",
            "DeleteItem",
            "FindItem",
            "GetFolder",
            "GetItem",
            "SendItem",
            "Subscribe",
            "SyncFolderItems",
        )
    },
    **{
        name: _operation(name, _Settings)
        for name in ("GetUserAvailability", "GetUserOofSettings", "SetUserOofSettings")
    },
}
