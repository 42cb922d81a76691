"""A file at an address (WebDAV, RFC 4918) that a publisher alone writes, and never over somebody else's."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass

from boundary_files.web import Answer, Web
from boundary_plugins import Condition, Examined, ProviderError, Refused, Unavailable

#: So often it is read anew where somebody else writes at the same time.
_ATTEMPTS = 3
_WRITTEN = frozenset({200, 201, 204})
_NOT_THERE = frozenset({404, 410})
_NO_FOLDER = frozenset({404, 409})
_NO_FILES = frozenset({405, 501})
_FULL = frozenset({413, 507})
_MULTI_STATUS = 207


@dataclass(frozen=True, slots=True)
class _Version:
    """The file as it was read: its content (None: there is none), and what names just this version."""

    content: bytes | None
    etag: str = ""
    modified: str = ""

    @property
    def condition(self) -> dict[str, str]:
        """The field with which a request holds for this version only (RFC 9110, section 13.1).

        A weak ETag names several versions, and If-Match never holds for it.
        """
        if self.content is None:
            return {"If-None-Match": "*"}
        if self.etag and not self.etag.startswith("W/"):
            return {"If-Match": self.etag}
        return {"If-Unmodified-Since": self.modified} if self.modified else {}


class WrittenAddress:
    """One address. `is_ours` tells by its content whether this program wrote what is there."""

    def __init__(self, web: Web, name: str, is_ours: Callable[[bytes], bool], content_type: str) -> None:
        """Ask for nothing yet."""
        self._web, self._name, self._is_ours = web, name, is_ours
        self._content_type = content_type
        self._seen = _Version(None)

    def content(self) -> bytes | None:
        """What it says now; None where there is none. Raises ProviderError."""
        return self._read().content

    def write(self, content: bytes) -> bool:
        """Write it where it would differ; True where it was written.

        Raises Unavailable, RateLimited and AuthorizationNeeded where it cannot be written now, and
        Refused where it never will be, as over what is not ours.
        """
        for _ in range(_ATTEMPTS):
            before = self._read()
            if before.content == content:
                return False
            if before.content and not self._is_ours(before.content):
                raise Refused(self._name, self._foreign())
            if self._put(content, before):
                return True
        raise self._contested()

    def remove(self) -> None:
        """Delete it where it is ours. Raises ProviderError."""
        for _ in range(_ATTEMPTS):
            before = self._read()
            if not before.content or not self._is_ours(before.content):
                return
            status = self._web.ask("DELETE", before.condition).status
            if status in _WRITTEN | _NOT_THERE:
                return
            if status != http.client.PRECONDITION_FAILED:
                raise Refused(self._name, f"{self._web.place} cannot be removed ({status})")
        raise self._contested()

    def examine(self) -> tuple[Examined, ...]:
        """Whether it could be written, by looking at what is there and at the folder around it."""
        part = "address"
        try:
            before = self._read()
            problem = None if before.content else self._folder_problem()
        except ProviderError as error:
            found = str(error).removeprefix(f"{self._name}: ")
            return (Examined(part, Condition.BROKEN, found, self._web.remedy(error)),)
        if problem:
            return (Examined(part, Condition.BROKEN, problem, "name an address in a folder that is there"),)
        if before.content and not self._is_ours(before.content):
            remedy = "name another address, or move that file away"
            return (Examined(part, Condition.BROKEN, self._foreign(), remedy),)
        found = "was written before" if before.content else "is free to be written"
        return (Examined(part, Condition.OK, f"{self._web.place} {found}"),)

    def _read(self) -> _Version:
        """What is there now; what was seen before is not sent again."""
        seen = self._seen
        fields = {"If-None-Match": seen.etag} if seen.content is not None and seen.etag else {}
        answer = self._web.ask("GET", {"Accept": "*/*", **fields})
        if answer.status == http.client.NOT_MODIFIED and fields:
            return seen
        if answer.status in _NOT_THERE:
            self._seen = _Version(None)
        elif answer.status == http.client.OK:
            self._seen = _version(answer, answer.content)
        else:
            raise Unavailable(self._name, f"{self._web.host} answered {answer.status}")
        return self._seen

    def _put(self, content: bytes, before: _Version) -> bool:
        """Write in the place of this version; False where another is there by now."""
        answer = self._web.ask("PUT", {"Content-Type": self._content_type, **before.condition}, content)
        # Its ETag names what is stored, and stands there only where that is what was sent.
        self._seen = _version(answer, content) if answer.status in _WRITTEN else _Version(None)
        if answer.status in _WRITTEN:
            return True
        if answer.status == http.client.PRECONDITION_FAILED:
            return False
        raise self._not_written(answer.status)

    def _not_written(self, status: int) -> ProviderError:
        """One sentence about what was not written."""
        place = self._web.place
        if status in _NO_FOLDER:
            return Unavailable(self._name, f"the folder of {place} does not exist ({status})")
        if status in _NO_FILES:
            problem = (
                f"{self._web.host} takes no files there ({status}); allowed: a folder of a WebDAV server"
            )
            return Refused(self._name, problem)
        if status in _FULL:
            return Refused(self._name, f"there is no room for {place} ({status})")
        return Refused(self._name, f"{place} cannot be written ({status})")

    def _folder_problem(self) -> str | None:
        """What is wrong with the folder, as far as it can be seen without writing."""
        status = self._web.ask("PROPFIND", {"Depth": "0"}, b"", url=self._web.folder).status
        if status in _NO_FOLDER:
            return f"the folder of {self._web.place} does not exist"
        return None if status == _MULTI_STATUS else f"{self._web.host} is no WebDAV server there ({status})"

    def _foreign(self) -> str:
        """One sentence about a file of somebody else."""
        return f"{self._web.place} is not a file that this program wrote, so it is left as it is"

    def _contested(self) -> Unavailable:
        """One sentence about an address that somebody else keeps writing."""
        return Unavailable(self._name, f"{self._web.place} is being written by somebody else")


def _version(answer: Answer, content: bytes) -> _Version:
    """The version that an answer names."""
    return _Version(content, answer.fields.get("etag", ""), answer.fields.get("last-modified", ""))
