"""`boundary google`: signs in to a Google account in the browser, keeps the sign-in, and takes it back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from boundary_google.kept_sign_in import KeptSignIn, NotASignInError, client_of, kept_sign_in
from boundary_google.scopes import in_words, least, missing
from boundary_google.settings import GoogleSettings
from boundary_plugins import (
    AuthorizationNeeded,
    BoundaryError,
    CommandServices,
    ConfiguredTable,
    SecretError,
    is_loopback,
)

_WAIT_SECONDS = 300
_DONE = "You are signed in. You can close this window."
_PROMPT = "Your browser opens Google's sign-in. If it does not, open this address yourself:\n\n{url}\n"


def command(services: CommandServices) -> click.Command:
    """The group `google` over the tables of this plugin."""

    @click.group()
    def google() -> None:
        """Sign in to a Google account."""

    @google.command()
    @click.option(
        "--client",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The file of your OAuth client of type Desktop app; needed the first time.",
    )
    @click.option(
        "--service-account",
        "key_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The key file of a service account with domain-wide delegation, in place of a browser.",
    )
    @click.option("--sign-in", metavar="NAME", help="Which sign-in, where the configuration has several.")
    @click.option("--no-browser", is_flag=True, help="Only show the address to open.")
    @click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port to come back to.")
    def authorize(
        client: Path | None, key_file: Path | None, sign_in: str | None, no_browser: bool, port: int
    ) -> None:
        """Sign in, with the least that your configuration needs; do it again when it needs more.

        Google's page opens in your browser, and comes back to this machine. Nothing leaves it but to Google.
        """
        use = _Use(services, sign_in)
        if key_file is not None:
            use.keep_service_account(key_file)
        else:
            use.sign_in_as_person(client, open_browser=not no_browser, port=port)

    @google.command()
    @click.option("--sign-in", metavar="NAME", help="Which sign-in, where the configuration has several.")
    def revoke(sign_in: str | None) -> None:
        """Take the program's access back, at Google and here."""
        _Use(services, sign_in).revoke()

    return google


class _Use:
    """One sign-in, and every table of the configuration that uses it."""

    def __init__(self, services: CommandServices, sign_in: str | None) -> None:
        """Find the tables. Raises click.UsageError."""
        self._services = services
        self._name = _chosen(services.tables, sign_in)
        self._tables = [each for each in services.tables if _settings(each).sign_in == self._name]
        every = [_settings(each) for each in self._tables]
        self._scopes = least(scope for each in every for scope in each.scopes())
        self._unwanted = frozenset(scope for each in every for scope in each.unwanted_scopes())
        self._account = next((each.account for each in every if each.account), None)

    def sign_in_as_person(self, client: Path | None, *, open_browser: bool, port: int) -> None:
        """Let the person consent in a browser, and keep what comes of it."""
        if not self._scopes:
            raise click.UsageError("no table of the configuration uses this sign-in; add one first")
        config = self._client(client)
        for table in self._tables:
            click.echo(f"{table} needs {in_words(_settings(table).scopes())}.")
        credentials, granted = self._consented(config, open_browser=open_browser, port=port)
        lacking = missing(self._scopes, granted)
        if lacking:
            problem = (
                f"without {in_words(lacking)} it does not work; please leave every tick on Google's page"
            )
            raise AuthorizationNeeded(f"sign-in {self._name}", problem)
        now = self._services.now()
        lasts = credentials["lasts"]
        kept = KeptSignIn(
            is_service_account=False,
            info=credentials["info"],
            scopes=granted,
            account=self._account or "",
            signed_in_at=now,
            ends_at=now + timedelta(seconds=lasts) if lasts else None,
        )
        self._keep(kept)
        if kept.ends_at is not None:
            click.echo(
                'It ends after 7 days, because your Cloud project is in "Testing". Publish it on its OAuth '
                'consent screen ("In production"), then sign in once more.'
            )

    def keep_service_account(self, file: Path) -> None:
        """Keep the key of a service account. Raises SecretError."""
        kept = _read(file, kept_sign_in)
        if not kept.is_service_account:
            raise SecretError(f"{file.name} is not the key file of a service account")
        if self._account is None:
            raise click.UsageError(
                'a service account acts in somebody\'s name; add account = "you@your.domain" to the table'
            )
        click.echo(
            f"In the Workspace's admin console (Security, API controls, Domain-wide delegation) the client "
            f"{kept.info.get('client_id', '')} needs the scopes:\n{','.join(sorted(self._scopes))}"
        )
        self._keep(kept)
        click.echo("The file is not needed any more; please delete it.")

    def revoke(self) -> None:
        """Take back what was consented to. Raises SecretError, Unavailable."""
        kept = self._kept()
        if kept is None:
            click.echo(f"There is no sign-in {self._name}.")
            return
        told = "Google has been told."
        if kept.is_service_account:
            told = "Delete its key and its delegation in Google's consoles."
        elif not _revoked(kept):
            told = "Google did not know it any more."
        self._services.keep_secret(self._name, "")
        click.echo(f"The sign-in {self._name} is no longer kept. {told}")

    def _client(self, file: Path | None) -> Any:
        """The desktop client: of a file, else that of the sign-in before."""
        if file is not None:
            return _read(file, client_of)
        kept = self._kept()
        if kept is None or kept.is_service_account:
            raise click.UsageError(
                "which client? Name the file that Google's console gave you: --client FILE "
                "(plugins/boundary_google/README.md tells how to get one)"
            )
        token_uri = str(kept.info["token_uri"])
        local = is_loopback(urlsplit(token_uri).hostname or "")
        auth_uri = (
            token_uri.replace("/token", "/auth") if local else "https://accounts.google.com/o/oauth2/auth"
        )
        names = ("client_id", "client_secret", "token_uri")
        return {"installed": {name: kept.info[name] for name in names} | {"auth_uri": auth_uri}}

    def _kept(self) -> KeptSignIn | None:
        """The sign-in of before; None where there is none that can be read."""
        text = self._services.secret(self._name)
        try:
            return kept_sign_in(text) if text else None
        except NotASignInError:
            return None

    def _consented(
        self, config: Any, *, open_browser: bool, port: int
    ) -> tuple[dict[str, Any], frozenset[str]]:
        """The person's tokens and what they ticked. Raises AuthorizationNeeded."""
        flow = _flow(config, self._scopes)
        # Scopes of a former consent are not taken along: gmail.metadata among them would limit the rest.
        asked: dict[str, Any] = {"prompt": "consent", "access_type": "offline"}
        hint = self._account or next(iter(self._services.own_addresses), None)
        with _tolerant(config), _told(f"sign-in {self._name}"):
            credentials = flow.run_local_server(
                host="127.0.0.1",
                port=port,
                open_browser=open_browser,
                authorization_prompt_message=_PROMPT,
                success_message=_DONE,
                timeout_seconds=_WAIT_SECONDS,
                login_hint=hint,
                **asked,
            )
        token = flow.oauth2session.token
        scope = token.get("scope", ())
        granted = frozenset(scope.split() if isinstance(scope, str) else scope)
        installed = config["installed"]
        info = {name: installed[name] for name in ("client_id", "client_secret", "token_uri")}
        made = {"info": info | {"refresh_token": credentials.refresh_token}}
        return made | {"lasts": int(token.get("refresh_token_expires_in") or 0)}, granted

    def _keep(self, kept: KeptSignIn) -> None:
        """Keep a sign-in. Raises SecretError."""
        place = self._services.keep_secret(self._name, kept.as_text())
        click.echo(f"The sign-in {self._name} is kept in {place}.")


def _chosen(tables: tuple[ConfiguredTable, ...], sign_in: str | None) -> str:
    """The sign-in that is meant. Raises click.UsageError."""
    names = list(dict.fromkeys(_settings(each).sign_in for each in tables))
    if sign_in is not None:
        if sign_in not in names:
            known = ", ".join(names) or "none; no table of the configuration is of Google"
            raise click.UsageError(f"there is no sign-in {sign_in}; allowed: {known}")
        return sign_in
    if len(names) > 1:
        raise click.UsageError(f"which one? Say --sign-in with one of: {', '.join(names)}")
    if not names:
        raise click.UsageError("no table of the configuration is of Google; add one first, such as a mailbox")
    return names[0]


def _settings(table: ConfiguredTable) -> GoogleSettings:
    """The settings of a table of this plugin's."""
    assert isinstance(table.settings, GoogleSettings)
    return table.settings


def _read(file: Path, reads: Any) -> Any:
    """What a file of Google's says. Raises SecretError."""
    try:
        return reads(file.read_text("utf-8"))
    except NotASignInError as error:
        raise SecretError(f"{file.name}: {error}") from None
    except (OSError, UnicodeDecodeError):
        raise SecretError(f"{file.name} cannot be read") from None


def _flow(config: Any, scopes: frozenset[str]) -> Any:
    """Google's own sign-in for installed programs, with PKCE. Raises SecretError where it is not installed."""
    try:
        from google_auth_oauthlib.flow import InstalledAppFlow
    except ImportError:
        raise SecretError(
            "the sign-in needs the extra: pip install --constraint constraints.txt '.[google]'"
        ) from None
    return InstalledAppFlow.from_client_config(config, sorted(scopes), autogenerate_code_verifier=True)


@contextmanager
def _tolerant(config: Any) -> Iterator[None]:
    """Let the library take fewer scopes than were asked for, which is looked at here, and a server on this machine."""
    names = ["OAUTHLIB_RELAX_TOKEN_SCOPE"]
    if is_loopback(urlsplit(config["installed"]["token_uri"]).hostname or ""):
        names.append("OAUTHLIB_INSECURE_TRANSPORT")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _told(provider: str) -> Iterator[None]:
    """Say in a sentence why nobody is signed in."""
    from google_auth_oauthlib.flow import WSGITimeoutError
    from oauthlib.oauth2 import OAuth2Error
    from requests import RequestException

    try:
        yield
    except WSGITimeoutError:
        raise AuthorizationNeeded(provider, "nobody came back from Google's page within 5 minutes") from None
    except OAuth2Error as error:
        code = error.error or type(error).__name__
        said = "the consent was refused" if code == "access_denied" else f"Google answered {code}"
        raise AuthorizationNeeded(provider, f"{said}; nothing was kept") from None
    except (RequestException, OSError) as error:
        problem = f"the sign-in broke off ({type(error).__name__}); nothing was kept"
        raise AuthorizationNeeded(provider, problem) from None


def _revoked(kept: KeptSignIn) -> bool:
    """Whether Google took the token back; False where it did not know it. Raises BoundaryError."""
    import requests

    token_uri = str(kept.info["token_uri"])
    local = is_loopback(urlsplit(token_uri).hostname or "")
    uri = token_uri.replace("/token", "/revoke") if local else "https://oauth2.googleapis.com/revoke"
    try:
        answer = requests.post(uri, data={"token": kept.info["refresh_token"]}, timeout=30)
    except requests.RequestException:
        raise BoundaryError("Google cannot be reached; nothing was changed, please try again") from None
    if not answer.ok and answer.status_code != 400:
        # After a 503 the token is valid still (RFC 7009, section 2.2.1); 400 is what Google says of an unknown one.
        problem = f"Google cannot take the sign-in back now ({answer.status_code}); nothing was changed"
        raise BoundaryError(f"{problem}, please try again")
    return answer.ok
