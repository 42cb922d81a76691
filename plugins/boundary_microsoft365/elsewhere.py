"""The sign-in at a server on this machine: whatever msal asks Microsoft is asked there, and nothing else is."""

from typing import Any

import httpx2

from boundary_microsoft365.connecting import http_client

AUTHORITY = "https://login.microsoftonline.com"


class Elsewhere:
    """What msal speaks HTTP with where a server on this machine stands in Microsoft's place."""

    def __init__(self, endpoint: str, timeout: float) -> None:
        """Ask `endpoint` whatever Microsoft is asked."""
        self._endpoint = endpoint
        self._client = http_client(timeout, is_here=True)

    def get(self, url: str, *, params: Any = None, headers: Any = None, **_: Any) -> httpx2.Response:
        """As `requests` has it."""
        return self._client.get(self._here(url), params=params, headers=headers)

    def post(
        self, url: str, *, params: Any = None, data: Any = None, headers: Any = None, **_: Any
    ) -> httpx2.Response:
        """As `requests` has it."""
        return self._client.post(self._here(url), params=params, data=data, headers=headers)

    def close(self) -> None:
        """Let go of every connection."""
        self._client.close()

    def _here(self, url: str) -> str:
        """The address on this machine. Nothing else is ever asked."""
        path = url.removeprefix(AUTHORITY)
        if path == url:
            raise ValueError("this is no address of Microsoft's sign-in")
        return f"{self._endpoint}login{path}"
