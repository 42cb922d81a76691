"""`boundary microsoft365`: signs a person in by a code, keeps the sign-in, and forgets it."""

from collections.abc import Iterable

import click

from boundary_microsoft365.settings import Microsoft365Settings
from boundary_microsoft365.sign_in import SignIn
from boundary_plugins import CommandServices, ConfiguredTable

_WHERE = "Entra admin center, App registrations, your application, API permissions"
_MINE = "https://myaccount.microsoft.com/ (privacy, apps and services)"


def command(services: CommandServices) -> click.Command:
    """The group `microsoft365` over the tables of this plugin."""

    @click.group()
    def microsoft365() -> None:
        """Sign in to an account of Microsoft 365."""

    @microsoft365.command()
    @click.option("--sign-in", metavar="NAME", help="Which sign-in, where the configuration has several.")
    def authorize(sign_in: str | None) -> None:
        """Sign in, with the least that your configuration needs; do it again when it needs more.

        Microsoft shows a page, on this machine or any other, in which you type a code in.
        """
        _Use(services, sign_in).authorize()

    @microsoft365.command()
    @click.option("--sign-in", metavar="NAME", help="Which sign-in, where the configuration has several.")
    def forget(sign_in: str | None) -> None:
        """Forget the sign-in on this machine."""
        _Use(services, sign_in).forget()

    return microsoft365


class _Use:
    """One sign-in, and every table of the configuration that uses it."""

    def __init__(self, services: CommandServices, sign_in: str | None) -> None:
        """Find the tables. Raises click.UsageError."""
        self._services = services
        self._name = _chosen(services.tables, sign_in)
        self._tables = [each for each in services.tables if _settings(each).sign_in == self._name]
        self._settings = _settings(self._tables[0])
        self._permissions = _permissions(self._tables)

    def authorize(self) -> None:
        """Let the person type the code in; for an application only try it. Raises AuthorizationNeeded, Unavailable."""
        for table in self._tables:
            click.echo(f"{table} needs {', '.join(sorted(_settings(table).permissions()))}.")
        signing = SignIn(
            self._settings,
            f"sign-in {self._name}",
            secret=self._services.secret,
            keep_secret=self._services.keep_secret,
        )
        try:
            self._tried(signing)
        finally:
            signing.close()

    def _tried(self, signing: SignIn) -> None:
        """Sign in, and say how it went."""
        if self._settings.client_secret is not None:
            signing.token(self._permissions)
            click.echo(f"Microsoft takes the application's secret. What it may do stands in the {_WHERE}.")
            return
        account = signing.by_code(self._permissions, click.echo)
        click.echo(f"{account} is signed in; the sign-in {self._name} is kept among the secrets.")

    def forget(self) -> None:
        """Keep nothing of it any more. Raises SecretError."""
        self._services.keep_secret(self._name, "")
        click.echo(f"The sign-in {self._name} is no longer kept. Take the consent back at {_MINE}.")


def _permissions(tables: Iterable[ConfiguredTable]) -> frozenset[str]:
    """What all the tables need; each by its own name, as each asks for its own token later."""
    return frozenset(each for table in tables for each in _settings(table).permissions())


def _chosen(tables: tuple[ConfiguredTable, ...], sign_in: str | None) -> str:
    """The sign-in that is meant. Raises click.UsageError."""
    names = list(dict.fromkeys(_settings(each).sign_in for each in tables))
    if not names:
        raise click.UsageError(
            "no table of the configuration is of Microsoft 365; add one first, such as a mailbox"
        )
    if sign_in is None and len(names) > 1:
        raise click.UsageError(f"which one? Say --sign-in with one of: {', '.join(names)}")
    if sign_in is not None and sign_in not in names:
        raise click.UsageError(f"there is no sign-in {sign_in}; allowed: {', '.join(names)}")
    return sign_in or names[0]


def _settings(table: ConfiguredTable) -> Microsoft365Settings:
    """The settings of a table of this plugin's."""
    assert isinstance(table.settings, Microsoft365Settings)
    return table.settings
