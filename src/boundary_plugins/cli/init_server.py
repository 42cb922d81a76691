"""One server in `boundary init`: asked for, or what is usual; and never in the open."""

from typing import Any

import click

from boundary_plugins.cli.parameters import Check, WholeNumber
from boundary_plugins.config.fields import host_problem
from boundary_plugins.config.first_mailbox import MailServer
from boundary_plugins.data.mail_providers import KnownServer
from boundary_plugins.errors import UsageProblem

SECURITIES = ("none", "starttls", "tls")
THIS_MACHINE = ("127.0.0.1", "::1", "localhost")

# RFC 8314, section 3, and what is usual within one machine.
_PORTS = {
    "imap": {"tls": 993, "starttls": 143, "none": 143},
    "smtp": {"tls": 465, "starttls": 587, "none": 25},
}
_SECURITY = {"imap": "tls", "smtp": "starttls"}


def question(text: str, check: Check | None = None, default: str | None = None) -> str:
    """Ask until the answer passes its check."""

    def passed(answer: str) -> str:
        problem = check(answer.strip()) if check else None
        if problem:
            raise click.BadParameter(problem)
        return answer.strip()

    return str(click.prompt(text, default=default, value_proc=passed))


def ask_of_server(
    kind: str, text: str, given: dict[str, Any], known: KnownServer | None, guess: str | None = None
) -> dict[str, Any]:
    """Host, port and security of a server; the known one is offered, else a guess of its host."""
    default = known.host if known else guess
    host = given[f"{kind}_host"] or question(text, host_problem, default)
    security = given[f"{kind}_security"]
    port = given[f"{kind}_port"] or click.prompt(
        "Its port", _usual_port(kind, host, security, known), type=WholeNumber(1, 65535)
    )
    allowed = SECURITIES if host in THIS_MACHINE else SECURITIES[1:]
    security = security or click.prompt(
        "Its security", _usual_security(host, port, known), type=click.Choice(allowed)
    )
    return {f"{kind}_host": host, f"{kind}_port": port, f"{kind}_security": security}


def _usual_port(kind: str, host: str, security: str | None, known: KnownServer | None) -> int:
    """The port of a host, by its security where that is given."""
    if known and known.host == host and security in (None, known.security):
        return known.port
    usual = "none" if host in THIS_MACHINE else _SECURITY[kind]
    return _PORTS[kind][security or usual]


def _usual_security(host: str, port: int, known: KnownServer | None) -> str:
    """The security of a host on a port."""
    if known and (known.host, known.port) == (host, port):
        return known.security
    if port in (_PORTS["imap"]["tls"], _PORTS["smtp"]["tls"]):
        return "tls"
    return "none" if host in THIS_MACHINE else "starttls"


def server_of(
    kind: str, asked: dict[str, Any], known: KnownServer | None, username: str = "", secret: str = ""
) -> MailServer:
    """A server with what is usual in place of what is not given. Raises UsageProblem."""
    host = asked[f"{kind}_host"] or (known.host if known else "127.0.0.1")
    security = asked[f"{kind}_security"]
    port = asked[f"{kind}_port"] or _usual_port(kind, host, security, known)
    security = security or _usual_security(host, port, known)
    if security == "none" and host not in THIS_MACHINE:
        does = "send mail to" if kind == "smtp" else "read mail on"
        raise UsageProblem(
            f"--{kind}-security none would {does} {host} for everybody to read; allowed: starttls or tls"
        )
    return MailServer(host, port, security, username, secret)
