"""The mailbox of a first configuration: over IMAP, in a Maildir, or none yet; as answers and as text."""

from dataclasses import dataclass

import tomlkit


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that is signed in to, if `username` is given, with the secret of that name."""

    host: str
    port: int
    security: str
    username: str = ""
    password_secret: str = ""


@dataclass(frozen=True, slots=True)
class FirstMaildir:
    """A folder that mail is delivered to, the one that the therapist's own mail is kept in, and who sends."""

    path: str
    sent: str
    smtp: MailServer


@dataclass(frozen=True, slots=True)
class FirstImap:
    """A mailbox at a provider, and who sends.

    `signs_in_with` is what the provider calls the password. `files_sent`: the provider files what was sent itself.
    `own_certificate`: the servers have a certificate that has to be named.
    """

    imap: MailServer
    smtp: MailServer
    signs_in_with: str = "password"
    files_sent: bool = False
    own_certificate: bool = False


def toml(value: str | tuple[str, ...]) -> str:
    """A value as TOML writes it."""
    return str(tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string())


def secrets_of(mailbox: FirstImap | FirstMaildir | None) -> tuple[str, ...]:
    """The names of the secrets that a mailbox needs, each once."""
    if mailbox is None:
        return ()
    servers = [mailbox.smtp] if isinstance(mailbox, FirstMaildir) else [mailbox.imap, mailbox.smtp]
    return tuple(dict.fromkeys(server.password_secret for server in servers if server.password_secret))


def plugins_text(mailbox: FirstImap | FirstMaildir | None) -> str:
    """Which plugins may run: those that this mailbox needs."""
    enable = ("imap", "ledger") if isinstance(mailbox, FirstImap) else ("files",)
    return f"""\
# Plugins that may run next to your clients' mail.
[plugins]
enable = {toml(enable)}
"""


def mailbox_text(mailbox: FirstImap | FirstMaildir | None) -> str:
    """The tables of the mailbox; where there is none, one as a comment."""
    if isinstance(mailbox, FirstImap):
        return _imap(mailbox)
    return _maildir(mailbox) if mailbox else _NO_MAILBOX


def publishers_text(mailbox: FirstImap | FirstMaildir | None) -> str:
    """Publishers as comments, with what they need besides."""
    needs = "" if "files" in plugins_text(mailbox) else '\n# It needs the plugin "files", in enable above.'
    return _PUBLISHERS.format(needs=needs)


def _imap(mailbox: FirstImap) -> str:
    filed = "\n# Your provider files by itself what is sent.\nserver_files_sent = true"
    return f"""\
# The mailbox that is watched, at your provider. Nothing in it becomes read.
[[mailboxes]]
name = "main"
kind = "imap"
{_server(mailbox.imap)}
# The name of a secret that holds your {mailbox.signs_in_with}; never the password itself.
password_secret = {toml(mailbox.imap.password_secret)}\
{filed if mailbox.files_sent else ""}{_certificate(mailbox)}

# The server that takes outgoing mail.
[mailboxes.smtp]
{_server(mailbox.smtp)}
password_secret = {toml(mailbox.smtp.password_secret)}{_certificate(mailbox)}
"""


def _certificate(mailbox: FirstImap) -> str:
    if not mailbox.own_certificate:
        return ""
    return '\n# The certificate of the server itself, exported from it as a file beside this one.\nca_file = "cert.pem"'


def _maildir(mailbox: FirstMaildir) -> str:
    sent = f"sent = {toml(mailbox.sent)}" if mailbox.sent else '# sent = "~/Maildir/.Sent"'
    return f"""\
# The mailbox that is watched: a folder your mail is delivered to.
[[mailboxes]]
name = "main"
kind = "maildir"
path = {toml(mailbox.path)}
# Where your own mail is kept, so that nobody hears from the program who has just heard from you.
{sent}

# The server that takes outgoing mail. `password_secret` is the name of a secret, never the password itself.
[mailboxes.smtp]
{_server(mailbox.smtp)}
password_secret = {toml(mailbox.smtp.password_secret)}
"""


def _server(server: MailServer) -> str:
    return f"""\
host = {toml(server.host)}
port = {server.port}
security = {toml(server.security)}
username = {toml(server.username)}"""


_NO_MAILBOX = """\
# No mailbox yet. This one is a folder that your mail is delivered to:
# [[mailboxes]]
# name = "main"
# kind = "maildir"
# path = "~/Maildir"
"""

_PUBLISHERS = """\
# Your availability for other calendars: open hours and plain busy, never why.{needs}
# [[publishers]]
# name = "feed"
# kind = "ics"
# path = "availability.ics"

# The same as a page for your website.
# [[publishers]]
# name = "page"
# kind = "page"
# path = "availability.html"
"""
