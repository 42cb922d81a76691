"""HTTP as Google's client wants it, once with httplib2's second tries and once without any."""

import http.client
from typing import Any

import httplib2


class NotConnectedError(OSError):
    """No connection came about, so nothing was asked."""


class _Once:
    """A connection that says whether it came about, and never asks the same twice.

    httplib2 repeats a request whose connection ends before the answer, also where the server had acted.
    """

    def connect(self) -> None:
        """Connect, or say that nothing was asked."""
        try:
            super().connect()  # type: ignore[misc]
        except (httplib2.error.ServerNotFoundError, OSError) as error:
            raise NotConnectedError(str(type(error).__name__)) from error

    def getresponse(self) -> Any:
        """The answer; a connection that ended before it is broken, and not stale."""
        try:
            return super().getresponse()  # type: ignore[misc]
        except http.client.BadStatusLine as error:
            raise ConnectionResetError("the connection ended before the answer") from error


class _OncePlain(_Once, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]
    """Without TLS, for a server on this machine."""


class _OnceEncrypted(_Once, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
    """With TLS."""


class HttpOnce(httplib2.Http):  # type: ignore[misc]
    """For what acts on the world: a connection of its own for each request, which is sent once."""

    def request(self, uri: str, *arguments: Any, **named: Any) -> Any:
        """Ask once."""
        named["connection_type"] = _OnceEncrypted if uri.startswith("https:") else _OncePlain
        # A connection that was kept alive may have ended meanwhile, and nobody could tell from what.
        self.close()
        try:
            return super().request(uri, *arguments, **named)
        finally:
            self.close()
