"""A signed-in client of one CalDAV server: the library's, over our own session, with XML in and XML out."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from caldav import DAVClient
from caldav.elements import dav
from caldav.elements.base import BaseElement
from caldav.lib.error import AuthorizationError
from lxml import etree

from boundary_caldav.elements import within
from boundary_caldav.parse import Resource, resources
from boundary_caldav.session import Session
from boundary_caldav.settings import CaldavSettings
from boundary_plugins import AuthorizationNeeded, Services, Unavailable

# What surprises the library in an answer it writes out, with the answer.
logging.getLogger("caldav").setLevel(logging.CRITICAL + 1)


class Client:
    """The verbs of CalDAV. Each raises ProviderError; an address is a path or a whole one on the same server."""

    def __init__(self, settings: CaldavSettings, services: Services, password: str | None) -> None:
        """Sign in with the first request that wants it, by whichever way the server offers."""
        self.name = services.name or "calendar"
        self.url = settings.url
        self._has_password = password is not None
        ca_file = services.path(str(settings.ca_file)) if settings.ca_file else None
        self._library = DAVClient(
            settings.url,
            username=settings.username or None,
            password=password,
            timeout=settings.timeout,  # type: ignore[arg-type]
        )
        self._library.session = Session(settings.url, name=self.name, ca_file=ca_file, now=services.now)

    def properties(
        self, address: str, wanted: Sequence[BaseElement], *, depth: int = 0
    ) -> tuple[Resource, ...]:
        """The properties of a resource, or (depth 1) of it and what lies in it."""
        body = _text(within(dav.Propfind(), within(dav.Prop(), *wanted)))
        return resources(self._xml("PROPFIND", address, body, {"Depth": str(depth)}))

    def report(self, address: str, question: BaseElement, *, depth: int) -> Any:
        """The root of a report's answer."""
        return self._xml("REPORT", address, _text(question), {"Depth": str(depth)})

    def report_text(self, address: str, question: BaseElement, *, depth: int) -> bytes:
        """A report that is answered with a calendar."""
        answer = self._ask("REPORT", address, _text(question), {"Depth": str(depth)})
        return str(answer.raw).encode()

    def change_property(self, address: str, change: BaseElement) -> tuple[Resource, ...]:
        """Set or remove a property; what became of it, which may be a refusal."""
        return resources(self._xml("PROPPATCH", address, _text(change), {}))

    def put(self, address: str, content: bytes, *, replaces: str | None) -> None:
        """Write a resource: a new one, or (`replaces`, its tag) in place of just that one.

        Raises ChangedMeanwhile where another one is there.
        """
        condition = {"If-None-Match": "*"} if replaces is None else {"If-Match": replaces}
        self._ask("PUT", address, content, condition | {"Content-Type": "text/calendar; charset=utf-8"})

    def delete(self, address: str, *, replaces: str) -> None:
        """Delete just the resource that has this tag. Raises ChangedMeanwhile."""
        self._ask("DELETE", address, b"", {"If-Match": replaces})

    def close(self) -> None:
        """Let go of the connection."""
        self._library.close()

    def _xml(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """The root of an answer."""
        answer = self._ask(method, address, body, headers)
        if answer.tree is None:
            raise Unavailable(self.name, f"the server answered {method} with nothing")
        return answer.tree

    def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """One request, signed in."""
        try:
            return self._library.request(
                urljoin(self.url, address),
                method,
                body,  # type: ignore[arg-type]
                {"Content-Type": 'application/xml; charset="utf-8"'} | dict(headers),
            )
        except AuthorizationError:
            problem = "the server did not take the user name and password"
            if not self._has_password:
                problem = "the server wants a sign-in; set username and password_secret"
            raise AuthorizationNeeded(self.name, problem) from None
        except NotImplementedError:
            problem = "the server wants a sign-in that is none of basic, digest and bearer"
            raise AuthorizationNeeded(self.name, problem) from None


class SignedIn:
    """The client of one port: made when it is first needed, and anew after a sign-in was refused."""

    def __init__(self, settings: CaldavSettings, services: Services) -> None:
        """Read no secret yet."""
        self._settings, self._services = settings, services
        self.name = services.name or "calendar"
        self._client: Client | None = None

    def client(self) -> Client:
        """The client. Raises AuthorizationNeeded where the secret is not there."""
        if self._client is None:
            self._client = Client(self._settings, self._services, self._password())
        return self._client

    def ask(self, work: Callable[[Client], Any]) -> Any:
        """What some work with the client gives."""
        try:
            return work(self.client())
        except AuthorizationNeeded:
            # The next time reads the secret again, which somebody may have set meanwhile.
            self.close()
            raise

    @property
    def remedy(self) -> str:
        """What a person can do where the server does not let the account in."""
        if not self._settings.username:
            return "set username and password_secret"
        command = f"boundary secret set {self._settings.password_secret}"
        return f"set it with: {command} (many providers want an app password)"

    def close(self) -> None:
        """Let go of the client."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _password(self) -> str | None:
        """The password; None where nobody signs in."""
        if not self._settings.username:
            return None
        password = self._services.secret(self._settings.password_secret)
        if password is None:
            problem = f"the secret {self._settings.password_secret!r} is not there"
            raise AuthorizationNeeded(self.name, problem)
        return password


def _text(element: BaseElement) -> bytes:
    """An element as the body of a request."""
    text: bytes = etree.tostring(element.xmlelement(), encoding="utf-8", xml_declaration=True)
    return text
