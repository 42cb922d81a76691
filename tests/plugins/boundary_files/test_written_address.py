"""Publishing to an address: a WebDAV server that nobody here wrote, and one that fails as it is told to."""

import http.client
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from boundary_files.publisher import IcsPublisher, PagePublisher
from boundary_files.settings import IcsPublisherSettings, PagePublisherSettings
from boundary_plugins import (
    AuthorizationNeeded,
    ProviderError,
    RateLimited,
    Refused,
    SecretError,
    Unavailable,
)
from boundary_plugins.ports import Condition, Examined
from boundary_plugins.testing.benches import hours, invented_publication
from boundary_plugins.testing.contracts import PublisherBench, PublisherContract
from boundary_plugins.testing.doubles import memory_services
from servers.web import Fault, WebServer
from servers.webdav import PASSWORD, USER, WebDav

NAME = "publisher page"
FOREIGN = b"BEGIN:VCALENDAR\r\nPRODID:-//Example//EN\r\nEND:VCALENDAR\r\n"
Publisher = IcsPublisher | PagePublisher


def publisher(url: str, kind: str = "ics", *, password: str | None = None, **settings: object) -> Publisher:
    """A publisher to one address; with a password it signs in."""
    sign_in = {} if password is None else {"username": USER, "password_secret": "dav"}
    secrets = {"dav": password} if password else {}
    services = memory_services(Path("/nowhere"), secrets=secrets, name=NAME)
    values = {"url": url, "timeout": 5, **sign_in, **settings}
    if kind == "page":
        return PagePublisher(PagePublisherSettings.model_validate(values), services)
    return IcsPublisher(IcsPublisherSettings.model_validate(values), services)


class DavBench(PublisherBench):
    """A file of its own in the folder of a server."""

    publisher: Publisher

    def __init__(self, dav: WebDav, kind: str, certificate: Path) -> None:
        """Begin with no file."""
        name = f"{uuid4()}.{'html' if kind == 'page' else 'ics'}"
        self.path = dav.folder / name
        self.publisher = publisher(dav.url + name, kind, password=PASSWORD, ca_file=certificate)

    def seen(self) -> bytes | None:
        """The file as it lies there."""
        return self.path.read_bytes() if self.path.exists() else None


class TestContract(PublisherContract):
    """The contract of the port, for both kinds, by Basic and by Digest, over TLS."""

    @pytest.fixture(params=["ics", "page"])
    def bench(self, request: pytest.FixtureRequest, dav: WebDav, certificate: Path) -> DavBench:
        """An address that is free."""
        return DavBench(dav, request.param, certificate)


def test_a_file_of_somebody_else_is_neither_overwritten_nor_removed(dav: WebDav, certificate: Path) -> None:
    """A slip in the configuration must not cost a therapist the calendar."""
    bench = DavBench(dav, "ics", certificate)
    bench.path.write_bytes(FOREIGN)

    with pytest.raises(Refused, match=r"\.ics on 127\.0\.0\.1 is not a file that this program wrote"):
        bench.publisher.publish(invented_publication())
    bench.publisher.remove()

    assert FOREIGN == bench.path.read_bytes()


def test_a_missing_folder_is_one_sentence(dav: WebDav, certificate: Path) -> None:
    """It is not made."""
    port = publisher(dav.url + "none/page.ics", password=PASSWORD, ca_file=certificate)

    with pytest.raises(Unavailable, match=r"the folder of page\.ics on 127\.0\.0\.1 does not exist \(409\)"):
        port.publish(invented_publication())
    port.remove()

    assert not (dav.folder / "none").exists()


@pytest.mark.parametrize(
    "password, says",
    [
        ("wrong", "127.0.0.1 refused the user name or the password"),
        ("", "the secret 'dav' is not there"),
        (None, "127.0.0.1 wants a sign-in; give username and password_secret"),
    ],
)
def test_a_sign_in_that_fails_is_told(
    dav: WebDav, certificate: Path, password: str | None, says: str
) -> None:
    """As something that a person must do, each time anew."""
    port = publisher(dav.url + "page.ics", password=password, ca_file=certificate)

    for _ in range(2):
        with pytest.raises(AuthorizationNeeded) as caught:
            port.publish(invented_publication())

        assert f"{NAME}: {says}" == str(caught.value)


def test_a_certificate_that_nobody_trusts_is_refused(dav: WebDav) -> None:
    """Before anything of the sign-in is said."""
    with pytest.raises(Unavailable, match=r"the certificate of 127\.0\.0\.1 is not trusted: "):
        publisher(dav.url + "page.ics", password=PASSWORD).publish(invented_publication())


def test_an_examination_tells_how_an_address_stands(dav: WebDav, certificate: Path) -> None:
    """Free, written before, somebody else's, or in no folder."""
    bench = DavBench(dav, "ics", certificate)
    nowhere = publisher(dav.url + "none/page.ics", password=PASSWORD, ca_file=certificate)

    found = [examined(bench.publisher)]
    bench.publisher.publish(invented_publication())
    found.append(examined(bench.publisher))
    bench.path.write_bytes(FOREIGN)
    found += [examined(bench.publisher), examined(nowhere)]

    name = f"{bench.path.name} on 127.0.0.1"
    assert [
        (Condition.OK, f"{name} is free to be written"),
        (Condition.OK, f"{name} was written before"),
        (Condition.BROKEN, f"{name} is not a file that this program wrote, so it is left as it is"),
        (Condition.BROKEN, "the folder of page.ics on 127.0.0.1 does not exist"),
    ] == [(each.condition, each.found) for each in found]


def examined(port: Publisher) -> Examined:
    """What a publisher tells of itself."""
    (one,) = port.examine()
    return one


def test_what_is_the_same_is_neither_written_nor_sent_again(web: WebServer) -> None:
    """The second time one request tells by the ETag that nothing changed."""
    port = publisher(web.url + "page.ics")

    wrote = [port.publish(invented_publication()) for _ in range(2)]

    assert [True, False] == wrote
    assert ["GET", "PUT", "GET"] == web.methods()
    assert "If-None-Match" in web.requests[2][2]


def test_a_page_that_only_would_be_made_anew_is_not_written(web: WebServer) -> None:
    """The instant at which it was made is no difference."""
    port = publisher(web.url + "page.html", "page")
    port.publish(invented_publication())

    later = invented_publication(as_of=datetime(2026, 3, 2, 0, 30, tzinfo=UTC))

    assert not port.publish(later)
    assert 1 == web.methods().count("PUT")


@pytest.mark.parametrize("etags", ["strong", "weak", ""])
def test_a_host_that_names_versions_badly_is_written_all_the_same(web: WebServer, etags: str) -> None:
    """RFC 9110, section 13.1.1: If-Match never holds for a weak ETag."""
    web.etags = etags
    port = publisher(web.url + "page.ics")

    wrote = [port.publish(each) for each in (invented_publication(), invented_publication(opens=10)) * 2]
    port.remove()

    assert [True] * 4 == wrote
    assert {} == web.files


def test_a_file_that_somebody_puts_there_meanwhile_is_not_overwritten(web: WebServer) -> None:
    """If-None-Match: * fails, the address is read anew, and there it is."""

    def put_there() -> None:
        """Somebody else writes just before."""
        web.files["/page.ics"] = FOREIGN

    web.before_write = put_there

    with pytest.raises(Refused, match="is not a file that this program wrote"):
        publisher(web.url + "page.ics").publish(invented_publication())

    assert {"/page.ics": FOREIGN} == web.files
    assert ["GET", "PUT", "GET"] == web.methods()


@pytest.mark.parametrize("removes", [True, False])
def test_a_file_that_somebody_changes_meanwhile_is_neither_overwritten_nor_removed(
    web: WebServer, removes: bool
) -> None:
    """If-Match fails for what is no longer the version that was read."""
    port = publisher(web.url + "page.ics")
    port.publish(invented_publication())

    def changed() -> None:
        """Somebody else writes just before."""
        web.files["/page.ics"] = FOREIGN

    web.before_write = changed
    if removes:
        port.remove()
    else:
        with pytest.raises(Refused, match="is not a file that this program wrote"):
            port.publish(invented_publication(opens=10))

    assert {"/page.ics": FOREIGN} == web.files
    assert 2 == len([method for method in web.methods() if method in ("PUT", "DELETE")])


def test_an_address_that_is_changed_each_time_is_left_for_later(web: WebServer) -> None:
    """It is read anew three times, and no more."""
    port = publisher(web.url + "page.ics")
    port.publish(invented_publication())
    web.faults.extend([Fault(200, {"ETag": '"x"'}, web.files["/page.ics"]), Fault(412)] * 3)

    with pytest.raises(Unavailable, match="is being written by somebody else"):
        port.publish(invented_publication(opens=10))

    assert 0 == len(web.faults)


def test_an_empty_file_is_written(web: WebServer) -> None:
    """As one is left where a transfer broke off."""
    web.files["/page.ics"] = b""

    assert publisher(web.url + "page.ics").publish(invented_publication())


@pytest.mark.parametrize(
    "fault, kind, says",
    [
        (Fault(403), AuthorizationNeeded, "127.0.0.1 does not allow it (403)"),
        (Fault(404), Unavailable, "the folder of page.ics on 127.0.0.1 does not exist (404)"),
        (Fault(409), Unavailable, "the folder of page.ics on 127.0.0.1 does not exist (409)"),
        (Fault(405), Refused, "127.0.0.1 takes no files there (405); allowed: a folder of a WebDAV server"),
        (Fault(501), Refused, "127.0.0.1 takes no files there (501); allowed: a folder of a WebDAV server"),
        (Fault(413), Refused, "there is no room for page.ics on 127.0.0.1 (413)"),
        (Fault(507), Refused, "there is no room for page.ics on 127.0.0.1 (507)"),
        (Fault(415), Refused, "page.ics on 127.0.0.1 cannot be written (415)"),
        (Fault(423), Unavailable, "page.ics on 127.0.0.1 is locked by another program"),
        (Fault(429, {"Retry-After": "60"}), RateLimited, "127.0.0.1 asks for patience (429)"),
        (Fault(503, {"Retry-After": "60"}), Unavailable, "127.0.0.1 answered 503"),
        (Fault(500), Unavailable, "127.0.0.1 answered 500"),
        (Fault(drops=True), Unavailable, "no connection to 127.0.0.1 (the connection was closed)"),
        (Fault(stalls=True), Unavailable, "no connection to 127.0.0.1 (no answer in time)"),
        (
            Fault(302, {"Location": "/elsewhere.ics"}),
            Refused,
            "127.0.0.1 sends on to another address, which is not asked; allowed: that address as url",
        ),
        (
            Fault(307, {"Location": "https://example.org/page.ics"}),
            Refused,
            "127.0.0.1 sends on to another host, example.org, which is not asked; allowed: that address as url",
        ),
    ],
)  # fmt: skip
def test_what_a_host_refuses_is_told(
    web: WebServer, fault: Fault, kind: type[ProviderError], says: str
) -> None:
    """In one sentence, and as what it means: wait, ask a person, or never."""
    # What is there is read before the fault.
    port = publisher(web.url + "page.ics", timeout=0.3)
    web.faults.extend([Fault(404), fault])

    before = datetime.now(UTC)
    with pytest.raises(kind) as caught:
        port.publish(invented_publication())

    assert f"{NAME}: {says}" == str(caught.value)
    waits = caught.value.retry_at
    assert ("Retry-After" in fault.fields) is (waits is not None)
    assert waits is None or waits - before >= timedelta(seconds=59)


def test_what_was_written_though_nobody_heard_of_it_is_not_written_again(web: WebServer) -> None:
    """The connection broke after the work: the next time it is found there."""
    port = publisher(web.url + "page.ics")
    web.faults.extend([Fault(404), Fault(drops=True, after_work=True)])
    with pytest.raises(Unavailable):
        port.publish(invented_publication())

    assert not port.publish(invented_publication())
    assert 1 == web.methods().count("PUT")


def test_a_file_that_comes_cut_off_is_not_taken_for_what_is_there(web: WebServer) -> None:
    """Of a calendar that was cut off nobody could tell whose it is."""
    web.files["/page.ics"] = FOREIGN * 10
    web.faults.append(Fault(200, {}, FOREIGN * 10, cuts_off=True))

    with pytest.raises(Unavailable, match="no connection"):
        publisher(web.url + "page.ics").publish(invented_publication())

    assert ["GET"] == web.methods()


@pytest.mark.parametrize(
    "remove, says",
    [
        (lambda port: port.remove(), "cannot be removed (405)"),
        (
            lambda port: port.publish(invented_publication(busy=(hours(10, 11),))),
            "takes no files there (405)",
        ),
    ],
)
def test_what_cannot_be_removed_is_told(
    web: WebServer, remove: Callable[[Publisher], object], says: str
) -> None:
    """And stays."""
    port = publisher(web.url + "page.ics")
    port.publish(invented_publication())
    web.faults.extend([Fault(200, {}, web.files["/page.ics"]), Fault(http.client.METHOD_NOT_ALLOWED)])

    with pytest.raises(Refused) as caught:
        remove(port)

    assert says in str(caught.value)
    assert ["/page.ics"] == list(web.files)


def test_a_host_without_folders_is_told_by_an_examination(web: WebServer) -> None:
    """A plain web server gives files and takes none."""
    web.faults.extend([Fault(404), Fault(501)])

    found = examined(publisher(web.url + "page.ics"))

    assert (Condition.BROKEN, "127.0.0.1 is no WebDAV server there (501)") == (found.condition, found.found)
    assert {} == web.files


@pytest.mark.parametrize(
    "password, remedy",
    [
        ("", "see that this user may write there; a password is kept with: boundary secret set dav"),
        (None, "give username and password_secret, if this host wants a sign-in"),
    ],
)
def test_an_examination_says_what_to_do_about_a_sign_in(
    web: WebServer, password: str | None, remedy: str
) -> None:
    """By the command that helps."""
    web.faults.append(Fault(401, {"WWW-Authenticate": 'Basic realm="files"'}))

    assert remedy == examined(publisher(web.url + "page.ics", password=password)).remedy


def test_a_place_of_secrets_that_cannot_be_read_is_told_as_a_sign_in(web: WebServer) -> None:
    """With its own sentence."""

    def broken(name: str) -> str | None:
        """No keyring is there."""
        raise SecretError(f"the secret {name} cannot be read: the keyring is locked")

    web.faults.append(Fault(401, {"WWW-Authenticate": 'Basic realm="files"'}))
    settings = IcsPublisherSettings(url=web.url + "page.ics", username=USER, password_secret="dav")
    services = replace(memory_services(Path("/nowhere"), name=NAME), secret=broken)

    with pytest.raises(AuthorizationNeeded, match="the keyring is locked"):
        IcsPublisher(settings, services).publish(invented_publication())


def test_an_examination_of_a_host_that_is_away_is_one_sentence(web: WebServer) -> None:
    """A value, not an error."""
    web.faults.append(Fault(503))

    assert "127.0.0.1 answered 503" == examined(publisher(web.url + "page.ics")).found


@pytest.mark.parametrize("challenge", ["Negotiate", 'Digest realm="files", nonce="n", qop="auth-int"'])
def test_a_sign_in_of_an_unknown_kind_is_told(web: WebServer, challenge: str) -> None:
    """And the password stays here."""
    web.faults.append(Fault(401, {"WWW-Authenticate": challenge}))

    with pytest.raises(AuthorizationNeeded, match="of a kind that this program does not know"):
        publisher(web.url + "page.ics", password=PASSWORD).publish(invented_publication())

    assert "Authorization" not in web.requests[0][2]


def test_a_password_is_told_to_nobody_before_it_is_asked_for(web: WebServer) -> None:
    """And a Digest that is too old is made anew."""
    challenge = 'Digest realm="files", nonce="{}", qop="auth"'
    first, second = (Fault(401, {"WWW-Authenticate": challenge.format(each)}) for each in ("one", "two"))
    web.faults.extend([first, None, second])

    publisher(web.url + "page.ics", password=PASSWORD).publish(invented_publication())

    told = [fields.get("Authorization", "") for _, _, fields in web.requests]
    nonces = ["", *(re.findall(r'nonce="(\w+)", resp', each)[0] for each in told[1:])]
    assert ["", "one", "one", "two"] == nonces
    assert ["GET", "GET", "PUT", "PUT"] == web.methods()
    assert not any(PASSWORD in each for each in told)
