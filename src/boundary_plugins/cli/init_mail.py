"""What `boundary init` has to know of a mailbox, by questions or by flags: over IMAP, or a Maildir."""

from typing import Any

import click

from boundary_plugins.cli.init_server import THIS_MACHINE, ask_of_server, question, server_of
from boundary_plugins.config.first_mailbox import FirstImap, FirstMaildir, MailServer
from boundary_plugins.core.address import domain_of
from boundary_plugins.data.mail_providers import MailProvider, mail_providers
from boundary_plugins.errors import UsageProblem

PLACES = ("imap", "maildir", "none")
# The flags that only make sense of mail in that place.
_FLAGS = {
    "imap": ("imap_host", "imap_port", "imap_security", "username", "password_secret"),
    "maildir": ("maildir", "sent"),
}


def missing_of_mail(given: dict[str, Any]) -> list[str]:
    """The flags without which a mailbox cannot be written down, and that have no default."""
    place = place_of(given)
    if place == "maildir":
        return [] if given["maildir"] else ["--maildir"]
    if place != "imap" or _provider(given):
        return []
    return [_flag(name) for name in ("imap_host", "smtp_host") if not given[name]]


def asked_of_mail(given: dict[str, Any]) -> dict[str, Any]:
    """The answers about the mailbox, those that are given already and those to questions."""
    place = place_of(given)
    if not place:
        click.echo("\nYour mail: imap is a mailbox at a provider, maildir a folder on this machine.")
        place = click.prompt("Where your mail is", "imap", type=click.Choice(PLACES))
    asked = {**given, "mail": place}
    if place == "imap":
        return asked | _ask_of_imap(asked)
    return asked | _ask_of_maildir(asked) if place == "maildir" else asked


def first_mailbox(asked: dict[str, Any]) -> FirstImap | FirstMaildir | None:
    """The mailbox from flags or answers; what they leave open is usual. Raises UsageProblem."""
    place = place_of(asked)
    if place == "imap":
        return _imap(asked)
    return _maildir(asked) if place == "maildir" else None


def place_of(given: dict[str, Any]) -> str:
    """Where the mail is, as the flags say, or imply; "" where they do not. Raises UsageProblem."""
    said = {f"--mail {given['mail']}": given["mail"]} if given["mail"] else {}
    said |= {_flag(name): place for place, names in _FLAGS.items() for name in names if given[name]}
    if len(set(said.values())) > 1:
        raise UsageProblem(
            f"{' and '.join(said)} do not go together; allowed: flags for IMAP, or --maildir and --sent"
        )
    return next(iter(said.values()), "")


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _provider(given: dict[str, Any]) -> MailProvider | None:
    """The provider of the IMAP server; while that is not known, of the address."""
    domain = domain_of(next(iter(given["addresses"]), ""))
    host = given["imap_host"]
    its_own = next((known for known in mail_providers() if domain in known.domains), None)
    if its_own and host in (None, "", its_own.imap.host):
        return its_own
    # Any server can be on this machine.
    hosts = {known.imap.host: known for known in mail_providers() if known.imap.host not in THIS_MACHINE}
    return hosts.get(host)


def _ask_of_imap(given: dict[str, Any]) -> dict[str, Any]:
    """A server to read from and one to send through, with what the provider says as the defaults."""
    provider = _provider(given)
    asked = ask_of_server(
        "imap", "The server your mail is on (IMAP)", given, provider.imap if provider else None
    )
    address = next(iter(given["addresses"]), None)
    asked["username"] = given["username"] or question("Your user name there", default=address)
    provider = _provider(given | asked)
    host = asked["imap_host"].removeprefix("imap.")
    guess = f"smtp.{host}" if host != asked["imap_host"] else host
    smtp = provider.smtp if provider else None
    return asked | ask_of_server("smtp", "The server for outgoing mail", given, smtp, guess)


def _ask_of_maildir(given: dict[str, Any]) -> dict[str, Any]:
    """What a mailbox in a folder needs."""
    asked = {"maildir": given["maildir"] or question("Your Maildir", default="~/Maildir")}
    asked["sent"] = given["sent"] or question("Its folder of sent mail (or empty)", default="")
    asked |= ask_of_server("smtp", "The server for outgoing mail", given, None, "127.0.0.1")
    if asked["smtp_host"] not in THIS_MACHINE:
        asked["smtp_username"] = given["smtp_username"] or question("Your user name there", default="")
    return asked


def _imap(asked: dict[str, Any]) -> FirstImap:
    """A mailbox over IMAP: one user and one secret for both servers, unless others are named."""
    provider = _provider(asked)
    username = asked["username"] or asked["addresses"][0]
    secret = asked["password_secret"] or "imap-main"
    imap = server_of("imap", asked, provider.imap if provider else None, username, secret)
    smtp = server_of("smtp", asked, provider.smtp if provider else None)
    if asked["smtp_username"] or smtp.security != "none":
        user, its_secret = asked["smtp_username"] or username, asked["smtp_password_secret"] or secret
        smtp = MailServer(smtp.host, smtp.port, smtp.security, user, its_secret)
    if provider is None:
        return FirstImap(imap, smtp)
    files_sent = provider.files_sent and smtp.host == provider.smtp.host
    return FirstImap(imap, smtp, provider.signs_in_with, files_sent, provider.own_certificate)


def _maildir(asked: dict[str, Any]) -> FirstMaildir:
    """A mailbox in a folder, with a host on this machine to send through unless another is named."""
    username = asked["smtp_username"] or ""
    secret = asked["smtp_password_secret"] or ("smtp-main" if username else "")
    smtp = server_of("smtp", asked, None, username, secret)
    return FirstMaildir(asked["maildir"], asked["sent"] or "", smtp)
