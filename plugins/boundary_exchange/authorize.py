"""`boundary exchange`: lets a person lend an application their rights, by a code that they enter in any browser."""

import time
from typing import Any

import click
from requests.exceptions import RequestException

from boundary_exchange.settings import ExchangeSettings
from boundary_exchange.sign_in import SCOPES, token_url
from boundary_exchange.transport import sessions
from boundary_plugins import AuthorizationNeeded, CommandServices, SecretError, Unavailable

#: In seconds.
_PATIENCE, _USUAL_PAUSE, _SLOWER = 20.0, 5, 5
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def command(services: CommandServices) -> click.Command:
    """The group `exchange` over the tables of this plugin."""

    @click.group()
    def exchange() -> None:
        """Sign in to Exchange with your own rights."""

    @exchange.command()
    @click.option("--token", metavar="NAME", help="Which token_secret, where the configuration has several.")
    def authorize(token: str | None) -> None:
        """Sign in, where the configuration says sign_in = "delegated"; do it again when it has run out.

        A code is shown, which you enter on Microsoft's page in any browser, on any machine.
        """
        settings = _chosen(services, token)
        click.echo(f"The sign-in is kept {services.keep_secret(*_signed_in(settings, services))}.")

    return exchange


def _chosen(services: CommandServices, token: str | None) -> ExchangeSettings:
    """The settings of the sign-in that is meant. Raises click.UsageError."""
    every = [each.settings for each in services.tables]
    found = {
        each.token_secret: each
        for each in every
        if isinstance(each, ExchangeSettings) and each.sign_in == "delegated"
    }
    if not found:
        raise click.UsageError('no table of the configuration says sign_in = "delegated"')
    if token is None and len(found) > 1:
        raise click.UsageError(f"which? --token {' or '.join(str(each) for each in found)}")
    if token is not None and token not in found:
        raise click.UsageError(f"no table has token_secret = {token!r}")
    return found[token] if token is not None else next(iter(found.values()))


def _signed_in(settings: ExchangeSettings, services: CommandServices) -> tuple[str, str]:
    """The name of the secret, and the refresh token for it. Raises AuthorizationNeeded, Unavailable."""
    ca_file = services.path(str(settings.ca_file)) if settings.ca_file else None
    url = token_url(settings)
    form = {"client_id": settings.client_id or ""}
    if settings.client_secret:
        form["client_secret"] = _secret(settings.client_secret, services)
    with sessions(ca_file)(url) as asking:
        asking.headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = _asked(asking, f"{url.removesuffix('/token')}/devicecode", {**form, "scope": SCOPES})
        if "device_code" not in begun:
            raise AuthorizationNeeded("sign-in", "this application may not sign in by a code")
        click.echo(f"Open {begun.get('verification_uri')} and enter the code {begun.get('user_code')}")
        token = _waited_for(asking, url, {**form, "grant_type": _GRANT}, begun)
    return settings.token_secret or "", token


def _secret(name: str, services: CommandServices) -> str:
    """The application's own secret. Raises SecretError."""
    secret = services.secret(name)
    if secret is None:
        raise SecretError(f"there is no secret {name!r}: boundary secret set {name}")
    return secret


def _waited_for(asking: Any, url: str, form: dict[str, str], begun: dict[str, Any]) -> str:
    """The refresh token, once the code was entered. Raises AuthorizationNeeded."""
    pause = int(begun.get("interval", _USUAL_PAUSE))
    while True:
        answer = _asked(asking, url, {**form, "device_code": str(begun["device_code"])})
        if answer.get("refresh_token"):
            return str(answer["refresh_token"])
        if answer.get("error") == "slow_down":
            pause += _SLOWER
        elif answer.get("error") != "authorization_pending":
            raise AuthorizationNeeded("sign-in", "the code was not entered in time, or was refused")
        time.sleep(pause)


def _asked(asking: Any, url: str, form: dict[str, str]) -> dict[str, Any]:
    """What a form was answered with, also where it was refused. Raises Unavailable."""
    try:
        answer = asking.post(url, data=form, timeout=_PATIENCE, allow_redirects=False).json()
    except (RequestException, ValueError):
        raise Unavailable("sign-in", "the place that gives tokens cannot be reached") from None
    return answer if isinstance(answer, dict) else {}
