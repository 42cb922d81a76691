"""One SMTP dialogue of the receiver, which can go wrong at every stage."""

import asyncio
from base64 import b64decode
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

if TYPE_CHECKING:
    from boundary_plugins.testing.smtp_receiver import SmtpReceiver


class Stage(Enum):
    """A point of the dialogue (RFC 5321) at which a fault can happen."""

    GREETING = "greeting"
    EHLO = "EHLO"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "content"
    FINAL_DOT = "final dot"
    QUIT = "QUIT"


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer with this line, such as `450 4.2.1 try again`, and do nothing else."""

    line: str


class Fault(Enum):
    """Drop the connection without a reply, or never reply. At the final dot the message is kept first."""

    DROP = "drop"
    STALL = "stall"


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came; the null reverse-path is "". `content` is without transparency dots."""

    reverse_path: str
    recipients: tuple[str, ...]
    content: bytes
    mail_options: tuple[str, ...] = ()
    signed_in_as: str | None = None
    over_tls: bool = False


class Dialogue(SMTP):
    """One dialogue of aiosmtpd, which asks at every stage whether a fault is due."""

    def __init__(self, receiver: "SmtpReceiver", loop: asyncio.AbstractEventLoop) -> None:
        """Offer what the receiver is switched to offer."""
        self.receiver = receiver
        super().__init__(
            _Handler(receiver),
            hostname="receiver.example",
            ident="Boundary Plugins test receiver",
            enable_SMTPUTF8=receiver.smtputf8,
            tls_context=None if receiver.implicit_tls else receiver.tls,
            authenticator=self._is_signed_in if receiver.sign_in else None,
            auth_require_tls=False,
            loop=loop,
        )

    def abort(self) -> None:
        """Break off without a word."""
        transport = self._original_transport or self.transport
        if isinstance(transport, asyncio.Transport):
            transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget a dialogue that is over."""
        self.receiver.forget(self)
        super().connection_lost(error)

    async def is_broken_at(self, stage: Stage) -> bool:
        """Do the fault of a stage, if there is one."""
        fault = self.receiver.fault_at(stage)
        if isinstance(fault, Reply):
            await self.push(fault.line)
            # A 421 says that the server closes the channel (RFC 5321, section 3.8).
            if fault.line.startswith("421") and self.transport is not None:
                self.transport.close()
        elif fault is Fault.DROP:
            self.abort()
        elif fault is Fault.STALL:
            await asyncio.Event().wait()
        return fault is not None

    async def _handle_client(self) -> None:
        """The dialogue from its greeting on."""
        if await self.is_broken_at(Stage.GREETING):
            self.abort_after_writing()
        else:
            await super()._handle_client()

    def abort_after_writing(self) -> None:
        """Close once what was written has left."""
        if self.transport is not None:
            self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:
        """Answer EHLO, unless it is to fail."""
        if not await self.is_broken_at(Stage.EHLO):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        """Answer HELO, unless EHLO is to fail."""
        if not await self.is_broken_at(Stage.EHLO):
            await super().smtp_HELO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:
        """Answer AUTH, unless it is to fail."""
        if not await self.is_broken_at(Stage.AUTH):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        """Answer MAIL, unless it is to fail."""
        if not await self.is_broken_at(Stage.MAIL):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        """Answer RCPT, unless it is to fail."""
        if not await self.is_broken_at(Stage.RCPT):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        """Answer DATA, unless it is to fail, or the connection to break while the content comes."""
        if await self.is_broken_at(Stage.DATA):
            return
        if Stage.CONTENT in self.receiver.faults:
            await self.push("354 go ahead")
            await self.is_broken_at(Stage.CONTENT)
        else:
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        """Answer QUIT, unless it is to fail."""
        if not await self.is_broken_at(Stage.QUIT):
            await super().smtp_QUIT(arg)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """Take the password of `sign_in` as an access token; a refusal is told in a challenge, as Google does."""
        answer = b64decode(args[1] if len(args) > 1 else "").decode(errors="replace").split("\1")
        user, token = (answer[n].partition("=")[2] if n < len(answer) else "" for n in (0, 1))
        given = LoginPassword(user.encode(), token.removeprefix("Bearer ").encode())
        result = self._authenticate("XOAUTH2", given)
        if not result.success:
            await self.challenge_auth('{"status":"400"}')
        return result

    def _is_signed_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Compare with the one user name and password."""
        expected = self.receiver.sign_in
        given = (data.login, data.password) if isinstance(data, LoginPassword) else None
        matches = expected is not None and given == (expected[0].encode(), expected[1].encode())
        return AuthResult(success=matches, handled=False, auth_data=expected[0] if expected else None)


class _Handler:
    """What aiosmtpd asks at MAIL, RCPT and the final dot."""

    def __init__(self, receiver: "SmtpReceiver") -> None:
        """Serve one receiver."""
        self.receiver = receiver

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the reverse-path, except from a stranger or where the null one is refused."""
        if self.receiver.sign_in and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if address == "<>" and self.receiver.null_refused_at is Stage.MAIL:
            return "550 5.7.1 null reverse-path refused"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, except where the null reverse-path is refused here."""
        if envelope.mail_from == "<>" and self.receiver.null_refused_at is Stage.RCPT:
            return "550 5.7.1 null reverse-path refused"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Dialogue, session: Session, envelope: Envelope) -> str:
        """Keep the message, then confirm, unless that is to fail."""
        fault = self.receiver.fault_at(Stage.FINAL_DOT)
        if isinstance(fault, Reply):
            return fault.line
        self.receiver.keep(_received(session, envelope, over_tls=self.receiver.implicit_tls))
        if fault is Fault.DROP:
            server.abort()
        elif fault is Fault.STALL:
            await asyncio.Event().wait()
        return "250 2.0.0 OK kept"


def _received(session: Session, envelope: Envelope, *, over_tls: bool) -> Received:
    """The message of one envelope."""
    return Received(
        reverse_path="" if envelope.mail_from == "<>" else str(envelope.mail_from),
        recipients=tuple(envelope.rcpt_tos),
        content=bytes(envelope.original_content or b""),
        mail_options=tuple(envelope.mail_options),
        signed_in_as=session.auth_data if session.authenticated else None,
        over_tls=over_tls or session.ssl is not None,
    )
