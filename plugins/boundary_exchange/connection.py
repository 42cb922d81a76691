"""The way of one thread to one mailbox: asked once and never again by itself."""

import contextlib
from typing import Any

from exchangelib import Account, Configuration, Version
from exchangelib.credentials import DELEGATE, IMPERSONATION
from exchangelib.errors import EWSError
from exchangelib.ewsdatetime import UTC as EWS_UTC
from exchangelib.protocol import Protocol
from exchangelib.version import EXCHANGE_2013_SP1
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from requests.exceptions import RequestException

from boundary_exchange.autodiscover import discovered
from boundary_exchange.operations import OPERATIONS
from boundary_exchange.parse import trouble_in
from boundary_exchange.problems import Trouble, as_error
from boundary_exchange.refusals import forget_refusal, is_held_back, note_refusal, was_refused
from boundary_exchange.settings import BY_PASSWORD, ExchangeSettings
from boundary_exchange.sign_in import AUTH_TYPES, credentials
from boundary_exchange.transport import Once, sessions, transport_trouble, trouble_of
from boundary_plugins import ProviderError, SecretError, Services

Xml = Any


class Connection:
    """One thread's way to one mailbox. Nothing is asked of the server before the first call."""

    def __init__(self, settings: ExchangeSettings, services: Services) -> None:
        """Take whose mailbox it is and how to sign in."""
        self.settings, self.name, self._services = settings, services.name or "exchange", services
        self._account: Any = None
        place = settings.endpoint or settings.address.rpartition("@")[2]
        self._who = (place, settings.username or settings.client_id or settings.address)

    @property
    def account(self) -> Any:
        """exchangelib's account, made when it is first needed. Raises AuthorizationNeeded, Unavailable."""
        if self._account is None:
            self._account = _open(self.settings, self._services)
        return self._account

    @property
    def endpoint(self) -> str | None:
        """Where EWS is: as the settings say, else as it was discovered; None where that is not known yet."""
        if self._account is None:
            return self.settings.endpoint
        return str(self._account.protocol.service_endpoint)

    def ask(self, operation: str, payload: Xml) -> list[Xml]:
        """The messages of an answer, each of which is well. Raises Trouble."""
        messages = self.ask_each(operation, payload)
        for message in messages:
            trouble = trouble_in(message)
            if trouble is not None:
                raise trouble
        return messages

    def ask_each(self, operation: str, payload: Xml) -> list[Xml]:
        """The messages of an answer, of which some may tell a trouble of their own.

        Raises Trouble, and AuthorizationNeeded where nothing was asked.
        """
        self._hold_back()
        try:
            messages = self._with_a_good_token(operation, payload)
        except Trouble as trouble:
            if trouble.status == 401:
                note_refusal(self._who, self._secret(), self._services.now())
            raise
        forget_refusal(self._who)
        return messages

    def _with_a_good_token(self, operation: str, payload: Xml) -> list[Xml]:
        """The answer; a token that was taken back is replaced once, as nothing was done with it."""
        try:
            return self._asked(operation, payload)
        except Trouble as trouble:
            if trouble.status != 401 or self.settings.sign_in in BY_PASSWORD:
                raise
        self.close()
        return self._asked(operation, payload)

    def _asked(self, operation: str, payload: Xml) -> list[Xml]:
        """One request and its answer."""
        try:
            return list(OPERATIONS[operation](account=self.account).call(payload))
        except EWSError as error:
            raise trouble_of(error) from None
        except (OAuth2Error, ProviderError, RequestException, OSError) as error:
            # What fails outside exchangelib's care, a token as a rule, leaves its only session lost.
            self.close()
            if isinstance(error, ProviderError):
                raise
            if isinstance(error, OAuth2Error):
                raise Trouble(status=401) from None
            raise transport_trouble(error) from None

    def _hold_back(self) -> None:
        """Raise Trouble while a sign-in that was refused is left alone; then begin anew."""
        if is_held_back(self._who, self._secret(), self._services.now()):
            raise Trouble(status=401)
        if was_refused(self._who):
            # Whatever was changed meanwhile is read anew.
            self.close()

    def _secret(self) -> str | None:
        """The secret that signs in; None where it cannot be read."""
        settings = self.settings
        name = settings.password_secret or settings.token_secret or settings.client_secret
        try:
            return self._services.secret(name or "")
        except SecretError:
            return None

    def error(self, trouble: Trouble, *, acts: bool = False) -> ProviderError:
        """The program's error for a trouble."""
        return as_error(trouble, self.name, self._services.now(), acts=acts)

    def close(self) -> None:
        """Let go of every connection."""
        account, self._account = self._account, None
        if account is not None:
            account.protocol.close()
            with contextlib.suppress(KeyError):
                del Protocol[account.protocol.config]


def _open(settings: ExchangeSettings, services: Services) -> Any:
    """exchangelib's account over a connection of its own."""
    ca_file = services.path(str(settings.ca_file)) if settings.ca_file else None
    making = sessions(ca_file)
    signing_in = credentials(settings, services, making)
    endpoint = settings.endpoint or discovered(settings, signing_in, making, services.name)
    configuration = Configuration(
        service_endpoint=endpoint,
        credentials=signing_in,
        auth_type=AUTH_TYPES[settings.sign_in],
        # Every server since 2013 knows this version; a further request to find out is saved.
        version=Version(build=EXCHANGE_2013_SP1),
        retry_policy=Once(),
        max_connections=1,
    )
    account = Account(
        settings.address,
        config=configuration,
        access_type=IMPERSONATION if settings.impersonates else DELEGATE,
        default_timezone=EWS_UTC,
    )
    # The class's own way is the same for everybody in the process.
    account.protocol.raw_session = making
    account.protocol.TIMEOUT = settings.timeout
    return account
