"""A WebDAV server that nobody here wrote (WsgiDAV over Cheroot), on this machine, over one folder."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

USER, PASSWORD = "therapist", "a pass: wörd"


class _QuietServer(Server):
    """One whose lines do not stand among those of the tests, as of a client that does not trust it."""

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class WebDav:
    """A server: the address of its folder (with a "/" at its end), and the folder itself."""

    url: str
    folder: Path


@contextmanager
def webdav(folder: Path, *, scheme: str = "basic", certificate: Path | None = None) -> Iterator[WebDav]:
    """Serve a folder to one user, who signs in by Basic or Digest; with a certificate over TLS.

    The certificate's key lies beside it as key.pem.
    """
    # Its own lines would stand among those of the tests.
    logging.getLogger("wsgidav").setLevel(logging.CRITICAL)
    server = _QuietServer(("127.0.0.1", 0), _application(folder, scheme), numthreads=2)
    if certificate is not None:
        server.ssl_adapter = BuiltinSSLAdapter(str(certificate), str(certificate.with_name("key.pem")))
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    protocol = "https" if certificate else "http"
    try:
        yield WebDav(f"{protocol}://127.0.0.1:{server.bind_addr[1]}/", folder)
    finally:
        server.stop()
        thread.join()


def _application(folder: Path, scheme: str) -> WsgiDAVApp:
    """The application over a folder."""
    return WsgiDAVApp(
        {
            "provider_mapping": {"/": FilesystemProvider(str(folder))},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "http_authenticator": {
                "accept_basic": scheme == "basic",
                "accept_digest": scheme == "digest",
                "default_to_digest": scheme == "digest",
            },
            "logging": {"enable": False, "enable_loggers": []},
            "verbose": 0,
        }
    )
