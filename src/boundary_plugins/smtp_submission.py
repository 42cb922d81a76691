"""Sending over SMTP submission, with an exact answer to the one question: was it sent?"""

import base64
import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, model_validator

from boundary_plugins.connecting import failure_in_words, is_loopback, verifying_tls
from boundary_plugins.errors import AuthorizationNeeded, OutcomeUnknown, ProviderError, Refused, Unavailable
from boundary_plugins.ports import SendReceipt

_SIGN_IN_CODES = frozenset({530, 534, 535, 538})
_UNFIT_FOR_A_COMMAND = re.compile(r"[\x00-\x20\x7f<>]")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")


class SmtpSettings(BaseModel):
    """Where and how to hand in a message (RFC 6409), as the configuration says it.

    `timeout` is in seconds and holds for each step; `ca_file` is a file of trusted certificates in PEM
    beside the system's; `helo` is the name to greet with (empty: the address literal of this end). With
    `sign_in` "xoauth2" the secret holds an access token; without one it is the mailbox's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password_secret: str = ""
    sign_in: Literal["password", "xoauth2"] = "password"
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    ca_file: Path | None = None
    helo: str = ""

    @model_validator(mode="after")
    def _is_private_on_the_way(self) -> "SmtpSettings":
        """Without TLS a message and a password may not leave this machine."""
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError(
                'security = "none" is allowed only for a host on this machine (127.0.0.1, ::1 or localhost); '
                'use "starttls" or "tls"'
            )
        return self

    @model_validator(mode="after")
    def _names_both_or_neither(self) -> "SmtpSettings":
        """A user name without a secret, or the reverse, is a forgotten line."""
        if self.sign_in == "xoauth2":
            if not self.username:
                raise ValueError('sign_in = "xoauth2" needs username')
        elif bool(self.username) != bool(self.password_secret):
            raise ValueError("username and password_secret belong together: give both or neither")
        return self


def submit(
    settings: SmtpSettings,
    password: str | None,
    *,
    sender_header_address: str,
    reverse_path: str,
    to: str,
    content: bytes,
    provider: str = "smtp",
) -> SendReceipt:
    """Hand in one message for one recipient, once.

    `reverse_path` is a plain address, or "" for the null one (RFC 3834, section 3.3); where the relay
    refuses the null one, `sender_header_address` takes its place, and the receipt says so.

    Raises Unavailable (not sent, try again), AuthorizationNeeded and Refused (not sent, trying again
    will not help), and OutcomeUnknown where the connection was lost between the final dot and its reply.
    """
    for address in filter(None, (sender_header_address, reverse_path, to)):
        if _UNFIT_FOR_A_COMMAND.search(address) or "@" not in address:
            raise Refused(provider, "an address of the response is not a plain address")
    with _connected(settings, provider) as client:
        _greet(client, settings, provider)
        _sign_in(client, settings, password, provider)
        options = _mail_options(client, provider, content, (sender_header_address, to))
        used = _envelope(client, provider, options, (reverse_path, sender_header_address), to)
        _hand_over(client, provider, content)
        _say_goodbye(client)
    fell_back = not reverse_path and bool(used)
    note = "the relay refused the null reverse-path; the own address was used" if fell_back else ""
    return SendReceipt(provider_id=None, reverse_path_is_null=not used, note=note)


def try_submission(settings: SmtpSettings, password: str | None, *, provider: str = "smtp") -> None:
    """Connect, greet and sign in as for a message, and hand in none.

    Raises Unavailable and AuthorizationNeeded as `submit` would.
    """
    with _connected(settings, provider) as client:
        _greet(client, settings, provider)
        _sign_in(client, settings, password, provider)
        _say_goodbye(client)


@contextlib.contextmanager
def _connected(settings: SmtpSettings, provider: str) -> Iterator[smtplib.SMTP]:
    """A connection whose greeting was read; whatever breaks on it before the final dot was not sent."""
    client: smtplib.SMTP | None = None
    try:
        client = _connect(settings, provider)
        yield client
    except ProviderError:
        raise
    except ssl.SSLCertVerificationError as error:
        problem = f"the certificate of {settings.host} is not trusted: {error.verify_message}"
        raise Unavailable(provider, problem) from error
    except smtplib.SMTPResponseException as error:
        raise Unavailable(provider, f"{settings.host} answered {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        problem = f"no connection to {settings.host}, port {settings.port} ({_kind_of(error)})"
        raise Unavailable(provider, problem) from error
    finally:
        if client is not None:
            client.close()


def _connect(settings: SmtpSettings, provider: str) -> smtplib.SMTP:
    """Connect and read the greeting; a given local name keeps smtplib from asking the DNS for ours."""
    if settings.security == "tls":
        context = verifying_tls(settings.ca_file, provider)
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host,
            settings.port,
            local_hostname=settings.helo or "localhost",
            timeout=settings.timeout,
            context=context,
        )
    else:
        client = smtplib.SMTP(
            settings.host,
            settings.port,
            local_hostname=settings.helo or "localhost",
            timeout=settings.timeout,
        )
    if not settings.helo and client.sock is not None:
        client.local_hostname = _address_literal(client.sock)
    return client


def _address_literal(connection: socket.socket) -> str:
    """This end of the connection in the form EHLO takes (RFC 5321, section 4.1.3)."""
    address = str(connection.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _kind_of(error: BaseException) -> str:
    """What sort of failure it was, without the server's own words."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and "timed out" not in str(error):
        return "the connection was closed"
    return failure_in_words(error)


def _greet(client: smtplib.SMTP, settings: SmtpSettings, provider: str) -> None:
    """EHLO, and TLS where it is asked for; a relay without it is never used in the clear."""
    client.ehlo_or_helo_if_needed()
    if settings.security != "starttls":
        return
    if not client.has_extn("starttls"):
        raise Unavailable(provider, f"{settings.host} does not offer STARTTLS; nothing is sent in the clear")
    client.starttls(context=verifying_tls(settings.ca_file, provider))
    client.ehlo_or_helo_if_needed()


def _sign_in(client: smtplib.SMTP, settings: SmtpSettings, password: str | None, provider: str) -> None:
    """Sign in where a user name is configured. PLAIN is sent as UTF-8 (RFC 4616), which smtplib cannot."""
    if not settings.username:
        return
    if password is None:
        raise AuthorizationNeeded(provider, f"the secret {settings.password_secret!r} is not there")
    if settings.sign_in == "xoauth2":
        code = _sign_in_with_token(client, settings.username, password)
    elif "PLAIN" in client.esmtp_features.get("auth", "").upper().split():
        token = base64.b64encode(f"\0{settings.username}\0{password}".encode()).decode("ascii")
        code = client.docmd("AUTH", f"PLAIN {token}")[0]
    else:
        code = _sign_in_otherwise(client, settings.username, password)
    if 400 <= code < 500:
        raise Unavailable(provider, f"{settings.host} cannot check the sign-in now ({code})")
    if not 200 <= code < 300:
        raise AuthorizationNeeded(provider, f"{settings.host} refused the sign-in ({code})")


def _sign_in_with_token(client: smtplib.SMTP, username: str, token: str) -> int:
    """Sign in with XOAUTH2; the reply's code. A refusal is told in a challenge, which wants an empty answer."""
    answer = base64.b64encode(f"user={username}\1auth=Bearer {token}\1\1".encode()).decode("ascii")
    code = client.docmd("AUTH", f"XOAUTH2 {answer}")[0]
    return client.docmd("")[0] if code == 334 else code


def _sign_in_otherwise(client: smtplib.SMTP, username: str, password: str) -> int:
    """Sign in with LOGIN or CRAM-MD5; the reply's code, or 504 where the server and we share no way."""
    try:
        return client.login(username, password)[0]
    except smtplib.SMTPAuthenticationError as error:
        return error.smtp_code
    except (smtplib.SMTPNotSupportedError, UnicodeEncodeError):
        return 504
    except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
        raise
    except smtplib.SMTPException:
        return 504


def _mail_options(
    client: smtplib.SMTP, provider: str, content: bytes, addresses: tuple[str, ...]
) -> tuple[str, ...]:
    """The options MAIL FROM needs, each of which the relay must offer (RFC 6152, RFC 6531)."""
    options = []
    head = content.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    if not content.isascii():
        if not client.has_extn("8bitmime"):
            raise Refused(provider, "the relay takes only 7-bit text (no 8BITMIME)")
        options.append("BODY=8BITMIME")
    if not head.isascii() or not all(address.isascii() for address in addresses):
        if not client.has_extn("smtputf8"):
            raise Refused(provider, "the relay takes no addresses beyond ASCII (no SMTPUTF8)")
        options.append("SMTPUTF8")
    return tuple(options)


def _envelope(
    client: smtplib.SMTP, provider: str, options: tuple[str, ...], reverse_paths: tuple[str, str], to: str
) -> str:
    """Agree on an envelope; the reverse-path that was taken.

    A relay that refuses the null reverse-path says so at MAIL FROM or, like Postfix, only at RCPT TO.
    """
    wanted, own = reverse_paths
    code = _offer(client, options, wanted, to)
    if code >= 500 and code not in _SIGN_IN_CODES and not wanted:
        client.rset()
        wanted, code = own, _offer(client, options, own, to)
    if code >= 400:
        _give_up(provider, code, "the envelope")
    return wanted


def _offer(client: smtplib.SMTP, options: tuple[str, ...], reverse_path: str, to: str) -> int:
    """MAIL FROM and RCPT TO; the code of the first refusal, or of the last reply."""
    # SMTPUTF8 commands go out as UTF-8; nothing else in them can be beyond ASCII.
    client.command_encoding = "utf-8"
    code = _settled(client.docmd(" ".join((f"MAIL FROM:<{reverse_path}>", *options)))[0])
    return code if code >= 400 else _settled(client.docmd(f"RCPT TO:<{to}>")[0])


def _settled(code: int) -> int:
    """A reply that RFC 5321 does not know counts as one to try again."""
    return code if 200 <= code < 300 or 400 <= code < 600 else 451


def _give_up(provider: str, code: int, step: str) -> NoReturn:
    """Raise what a refusal means; all of these were not sent."""
    if code in _SIGN_IN_CODES:
        raise AuthorizationNeeded(provider, f"the relay wants a sign-in ({code})")
    if code >= 500:
        raise Refused(provider, f"the relay refused {step} ({code})")
    raise Unavailable(provider, f"the relay cannot take {step} now ({code})")


def _hand_over(client: smtplib.SMTP, provider: str, content: bytes) -> None:
    """DATA. Until the final dot has begun to leave nothing was sent; from then on only a reply can tell."""
    code = client.docmd("DATA")[0]
    if code != 354:
        _give_up(provider, code if 400 <= code < 600 else 451, "the message")
    body = _LEADING_DOT.sub(b"..", _LINE_END.sub(b"\r\n", content))
    client.send(body if body.endswith(b"\r\n") else body + b"\r\n")
    try:
        client.send(b".\r\n")
        code = client.getreply()[0]
    except (smtplib.SMTPException, OSError) as error:
        problem = f"the connection was lost before the relay confirmed ({_kind_of(error)})"
        raise OutcomeUnknown(provider, problem) from error
    if 400 <= code < 600:
        _give_up(provider, code, "the message")
    if not 200 <= code < 300:
        raise OutcomeUnknown(provider, "the relay confirmed in words that no standard knows")


def _say_goodbye(client: smtplib.SMTP) -> None:
    """QUIT; the message is taken already, so nothing that goes wrong here matters."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        client.quit()
