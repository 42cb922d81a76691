"""A sign-in as it lies among the secrets: a person's token, or the key of a service account."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from boundary_google.scopes import in_words, missing
from boundary_plugins import is_loopback

#: A project that was left in "Testing" ends each sign-in after this time.
TESTING_LASTS = timedelta(days=7)
_TOKEN_HOSTS = frozenset({"oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com"})
_PERSON = ("client_id", "client_secret", "refresh_token", "token_uri")
_SERVICE = ("client_email", "private_key", "token_uri")


class NotASignInError(ValueError):
    """What is kept is no sign-in; the text is a phrase for a person."""


@dataclass(frozen=True, slots=True)
class KeptSignIn:
    """One sign-in. `info` is what Google's library takes; the rest is what is known of it.

    `scopes` are those that were granted (a person's; of a service account nobody can tell beforehand);
    `ends_at` is set where Google said that it ends by itself.
    """

    is_service_account: bool
    info: Mapping[str, Any]
    scopes: frozenset[str] = frozenset()
    account: str = ""
    signed_in_at: datetime | None = None
    ends_at: datetime | None = None

    def problem(self, needed: frozenset[str], unwanted: frozenset[str]) -> str:
        """Why it is not enough for a use, as a phrase; "" where it is."""
        if self.is_service_account:
            return ""
        lacking = missing(needed, self.scopes)
        if lacking:
            return f"the sign-in does not allow {in_words(lacking)}"
        hindering = self.scopes & unwanted
        return f"the sign-in is limited by {in_words(hindering)}" if hindering else ""

    def looks_like_testing(self, at: datetime) -> bool:
        """Whether it ended after about seven days, as the sign-ins of a project in "Testing" do."""
        if self.signed_in_at is None:
            return False
        lasted = at - self.signed_in_at
        return TESTING_LASTS - timedelta(hours=12) <= lasted <= TESTING_LASTS + timedelta(days=2)

    def as_text(self) -> str:
        """As it is kept."""
        known = {
            "type": "service_account" if self.is_service_account else "authorized_user",
            "scopes": sorted(self.scopes),
            "account": self.account,
            "signed_in_at": self.signed_in_at and self.signed_in_at.isoformat(),
            "ends_at": self.ends_at and self.ends_at.isoformat(),
        }
        return json.dumps(dict(self.info) | {name: value for name, value in known.items() if value})


def kept_sign_in(text: str) -> KeptSignIn:
    """A sign-in from its text: what `as_text` wrote, or a service account's file. Raises NotASignInError."""
    values = json_object(text)
    if values.get("type") == "service_account":
        _check(values, _SERVICE, "the key file of a service account")
        return KeptSignIn(True, values)
    _check(values, _PERSON, "a sign-in")
    made = KeptSignIn(
        is_service_account=False,
        info={name: values[name] for name in _PERSON},
        scopes=frozenset(map(str, values.get("scopes", ()))),
        account=str(values.get("account", "")),
    )
    return replace(
        made, signed_in_at=_instant(values.get("signed_in_at")), ends_at=_instant(values.get("ends_at"))
    )


def client_of(text: str) -> Mapping[str, Any]:
    """The desktop client from the file that Google's console gives. Raises NotASignInError."""
    values = json_object(text)
    installed = values.get("installed")
    if not isinstance(installed, dict):
        kind = "a web application" if "web" in values else "something else"
        raise NotASignInError(
            f"the file is of {kind}; allowed: the file of an OAuth client of type Desktop app"
        )
    _check(installed, ("client_id", "client_secret", "auth_uri", "token_uri"), "the file of a desktop client")
    return values


def json_object(text: str) -> Mapping[str, Any]:
    """An object in JSON. Raises NotASignInError."""
    try:
        values = json.loads(text)
    except ValueError:
        raise NotASignInError("it is no JSON; allowed: the file as Google gave it") from None
    if not isinstance(values, dict):
        raise NotASignInError("it is no object in JSON; allowed: the file as Google gave it")
    return values


def _check(values: Mapping[str, Any], names: tuple[str, ...], what: str) -> None:
    """Raise NotASignInError where something is missing, or a token would be asked for elsewhere than at Google."""
    lacking = [name for name in names if not isinstance(values.get(name), str) or not values[name]]
    if lacking:
        raise NotASignInError(f"{lacking[0]} is missing; allowed: {what} as Google gave it")
    uri = urlsplit(values["token_uri"])
    if not (uri.scheme == "https" and uri.hostname in _TOKEN_HOSTS) and not is_loopback(uri.hostname or ""):
        raise NotASignInError("token_uri is none of Google's")


def _instant(text: object) -> datetime | None:
    """An aware instant; None where there is none."""
    try:
        made = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return made if made.utcoffset() is not None else None
