"""The host that a mailbox's responses leave through: its sign-in, one response, and how it stands."""

from collections.abc import Callable
from pathlib import Path

from boundary_plugins.errors import AuthorizationNeeded, ProviderError, SecretError, Unsupported
from boundary_plugins.ports import Condition, Examined, OutgoingResponse, SendReceipt
from boundary_plugins.smtp_submission import SmtpSettings, submit, try_submission


class SendingHost:
    """An SMTP submission host as the configuration names it, or none.

    `name` is what errors begin with ("mailbox main"); `secret` and `path` are those of the plugin's
    services; `token` gives an access token where the settings say XOAUTH2 and name no secret for it.
    """

    def __init__(
        self,
        settings: SmtpSettings | None,
        name: str,
        *,
        secret: Callable[[str], str | None],
        path: Callable[[str], Path],
        token: Callable[[], str] | None = None,
    ) -> None:
        """Open nothing: each response has a connection of its own."""
        self._settings, self._name = settings, name
        self._secret, self._path, self._token = secret, path, token

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Hand in once with the null reverse-path (RFC 3834, section 3.3). Raises as `submit`, and Unsupported."""
        settings, password = self.ready()
        return submit(
            settings,
            password,
            sender_header_address=response.sender,
            reverse_path="",
            to=response.to,
            content=response.content,
            provider=self._name,
        )

    def ready(self) -> tuple[SmtpSettings, str | None]:
        """The settings with every path absolute, and the password or token where one is needed.

        Raises AuthorizationNeeded where the secret cannot be read (nothing was begun, so it is tried again
        once the keyring is open), and Unsupported where no host is configured.
        """
        settings = self._settings
        if settings is None:
            raise Unsupported(self._name, "sending, as no smtp host is configured")
        if settings.ca_file is not None:
            settings = settings.model_copy(update={"ca_file": self._path(str(settings.ca_file))})
        return settings, self._password(settings)

    def _password(self, settings: SmtpSettings) -> str | None:
        """What signs in: the secret that is named, else the mailbox's own token."""
        try:
            if settings.password_secret:
                return self._secret(settings.password_secret)
        except SecretError as error:
            raise AuthorizationNeeded(self._name, str(error)) from None
        return self._token() if settings.sign_in == "xoauth2" and self._token else None

    def examined(self) -> Examined:
        """Whether the host greets and takes the sign-in."""
        part, smtp = "sending host", self._settings
        if smtp is None:
            remedy = "name the host that sends in [mailboxes.smtp]; until then only watching works"
            return Examined(part, Condition.LOOK, "none is configured, so no response can leave", remedy)
        try:
            smtp, password = self.ready()
            try_submission(smtp, password, provider=self._name)
        except ProviderError as error:
            found = str(error).removeprefix(f"{self._name}: ")
            return Examined(
                part, Condition.BROKEN, found, "see [mailboxes.smtp]: host, port, security, sign-in"
            )
        signed_in = " and took the sign-in" if smtp.username else ""
        return Examined(part, Condition.OK, f"{smtp.host}, port {smtp.port}, greeted{signed_in}")
