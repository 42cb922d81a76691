"""A publisher on a real Pigeonhole with everything that tests do to the user's scripts."""

from pathlib import Path
from typing import Any

from boundary_imap.managesieve import SieveServer, connect_sieve
from boundary_imap.settings import SieveSettings
from boundary_imap.sieve_publisher import SievePublisher
from boundary_imap.signing_in import Credentials, tls_context
from boundary_plugins.testing.contracts import ResponderBench
from boundary_plugins.testing.doubles import memory_services
from servers.dovecot import Dovecot, User

#: A script of the user's own that answers by itself.
ANSWERING = 'require "vacation";\nvacation "I am away.";\n'
OURS, BOTH = "boundary", "boundary-and-yours"


class SieveBench(ResponderBench):
    """One user's scripts; `opened` gives further publishers over them, as after a restart."""

    publisher: SievePublisher

    def __init__(self, dovecot: Dovecot, folder: Path, user: User | None = None) -> None:
        self.dovecot, self.folder = dovecot, folder
        self.user = user or dovecot.add_user()
        self.publisher = self.opened()

    def settings(self, **settings: Any) -> SieveSettings:
        """The settings, with others where they are given."""
        usual = {
            "host": "127.0.0.1",
            "port": self.dovecot.ports["sieve"],
            "security": "none",
            "username": self.user.name,
            "password_secret": "sieve",
            "timeout": 5,
        }
        chosen = {key: value for key, value in {**usual, **settings}.items() if value is not None}
        return SieveSettings.model_validate(chosen)

    def opened(self, **settings: Any) -> SievePublisher:
        """Another publisher over the same scripts."""
        token = self.dovecot.token(self.user)
        secrets = {"sieve": self.user.password, "wrong": "wrong", "token": token}
        services = memory_services(self.folder, secrets=secrets, name="publisher server")
        return SievePublisher(self.settings(**settings), services)

    def server(self) -> SieveServer:
        """Another program of the user, signed in."""
        settings = self.settings()
        services = memory_services(self.folder, secrets={"sieve": self.user.password}, name="somebody")
        return connect_sieve(
            settings,
            Credentials(settings, services),
            tls_context(settings, services),
            name="somebody",
            now=services.now,
        )

    def scripts(self) -> tuple[dict[str, str], str | None]:
        """Every script by its name, and the active one."""
        server = self.server()
        names, active = server.scripts()
        texts = {name: server.script(name) for name in names}
        server.close()
        return texts, active

    def put(self, name: str, text: str, *, active: bool = False) -> None:
        """The user stores a script, and perhaps makes it the active one."""
        server = self.server()
        server.store(name, text)
        if active:
            server.activate(name)
        server.close()

    def activate(self, name: str) -> None:
        """The user makes a script the active one, or none."""
        server = self.server()
        server.activate(name)
        server.close()

    def delete(self, name: str) -> None:
        """The user deletes a script."""
        server = self.server()
        server.delete(name)
        server.close()

    def seen(self) -> bytes | None:
        text = self.scripts()[0].get(OURS)
        return None if text is None else text.encode()

    def switch_on_otherwise(self) -> bool:
        self.put("mine", ANSWERING, active=True)
        return True
