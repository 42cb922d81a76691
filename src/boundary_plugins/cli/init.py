"""`boundary init`: writes a first configuration by a few questions, or from flags alone."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from boundary_plugins.cli.context import config_path, today
from boundary_plugins.cli.parameters import Check, WholeNumber, checked
from boundary_plugins.config.fields import (
    address_problem,
    text_language_problem,
    weekly_problem,
    zone_problem,
)
from boundary_plugins.config.first import (
    FirstAnswers,
    first_config,
    region_of_zone,
    write_new,
    zone_of_this_machine,
)
from boundary_plugins.config.regions import region_problem
from boundary_plugins.errors import UsageProblem

_SECURITIES = ("none", "starttls", "tls")


_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


@click.command()
@click.option("--name", help="The practice's name.")
@click.option("--therapist", help="Your name, as full texts sign.")
@click.option(
    "--address", "addresses", multiple=True, callback=checked(address_problem), help="An own address."
)
@click.option("--zone", callback=checked(zone_problem), help="Your time zone, such as America/New_York.")
@click.option(
    "--language", callback=checked(text_language_problem), help="The language of texts, such as en."
)
@click.option("--region", callback=checked(region_problem), help="Two letters, such as US.")
@click.option("--weekly", callback=checked(weekly_problem), help='Such as "mon-thu 9-12:30, 13:30-17".')
@click.option("--holidays/--no-holidays", default=None, help="Whether public holidays are closed.")
@click.option("--maildir", help="The Maildir your mail is delivered to.")
@click.option("--sent", help="The Maildir your own mail is kept in.")
@click.option("--smtp-host", help="The server that takes outgoing mail.")
@click.option("--smtp-port", type=WholeNumber(1, 65535), help="Its port.")
@click.option("--smtp-security", type=click.Choice(_SECURITIES), help="none only on this machine.")
@click.option("--smtp-username", help="The user there, if it asks for one.")
@click.option("--smtp-password-secret", help="The name of the secret that holds the password.")
@click.option(
    "--crisis-lines-checked", is_flag=True, help="The crisis lines of the region were checked today."
)
@click.option("--yes", is_flag=True, help="Ask nothing; what is not given has its default.")
def init(*, yes: bool, **given: Any) -> None:
    """Write a first configuration, by a few questions; a file that is there is never changed.

    With flags for everything it asks nothing.
    """
    path = config_path()
    if path.exists():
        raise UsageProblem(f"{path} is already there; nothing was changed")
    answers = _ask(given) if sys.stdin.isatty() and not yes else _from_flags(given)
    write_new(path, first_config(answers))
    _say_next_steps(path, answers)


def _from_flags(given: dict[str, Any]) -> FirstAnswers:
    """The answers from flags alone; all required ones that are missing are named at once."""
    required = {"name": "--name", "addresses": "--address", "zone": "--zone", "weekly": "--weekly"}
    missing = [flag for name, flag in required.items() if not given[name]]
    if missing:
        raise UsageProblem(f"missing: {', '.join(missing)}; or run boundary init on a terminal, which asks")
    return _answers(given)


def _ask(given: dict[str, Any]) -> FirstAnswers:
    """The answers from flags, and questions for the rest."""
    click.echo("A few questions; what stands in [brackets] is taken if you just press Enter.\n")
    asked = dict(given)
    asked["name"] = given["name"] or _question("The practice's name")
    asked["therapist"] = given["therapist"] or _question("Your name", default="")
    asked["addresses"] = given["addresses"] or (_question("Your mail address", address_problem),)
    asked["zone"] = given["zone"] or _question("Your time zone", zone_problem, zone_of_this_machine() or None)
    region = region_of_zone(asked["zone"])
    asked["region"] = given["region"] or _question("Your region", region_problem, region or None)
    asked["language"] = given["language"] or _question(
        "The language of responses", text_language_problem, "en"
    )
    hours = "mon-thu 09:00-12:30, 13:30-17:00; fri 09:00-12:00"
    asked["weekly"] = given["weekly"] or _question("When clients can reach you", weekly_problem, hours)
    if given["holidays"] is None:
        asked["holidays"] = click.confirm("Closed on public holidays", default=True)
    asked["maildir"] = given["maildir"] or _question("Your Maildir (empty: none yet)", default="")
    if asked["maildir"]:
        asked |= _ask_of_mail(given)
    return _answers(asked)


def _ask_of_mail(given: dict[str, Any]) -> dict[str, Any]:
    """What a mailbox needs besides its folder."""
    asked: dict[str, Any] = {
        "sent": given["sent"] or _question("Its folder of sent mail (or empty)", default="")
    }
    asked["smtp_host"] = given["smtp_host"] or _question("The server for outgoing mail", default="127.0.0.1")
    local = asked["smtp_host"] in _THIS_MACHINE
    port, security = _usual_submission(asked["smtp_host"])
    asked["smtp_port"] = given["smtp_port"] or click.prompt("Its port", port, type=WholeNumber(1, 65535))
    asked["smtp_security"] = given["smtp_security"] or click.prompt(
        "Its security", security, type=click.Choice(_SECURITIES)
    )
    if not local:
        asked["smtp_username"] = given["smtp_username"] or _question("Your user name there", default="")
    return asked


def _usual_submission(host: str) -> tuple[int, str]:
    """The usual port and security of a host that takes outgoing mail (RFC 8314, section 3.3)."""
    return (25, "none") if host in _THIS_MACHINE else (587, "starttls")


def _question(text: str, check: Check | None = None, default: str | None = None) -> str:
    """Ask until the answer passes its check."""

    def passed(answer: str) -> str:
        problem = check(answer.strip()) if check else None
        if problem:
            raise click.BadParameter(problem)
        return answer.strip()

    return str(click.prompt(text, default=default, value_proc=passed))


def _answers(asked: dict[str, Any]) -> FirstAnswers:
    """The values of flags or questions as answers; what is None keeps its default."""
    first = FirstAnswers(
        practice=asked["name"],
        therapist=asked["therapist"] or "",
        addresses=tuple(asked["addresses"]),
        zone=asked["zone"],
        language=asked["language"] or "en",
        region=asked["region"] or "",
        weekly=asked["weekly"],
        holidays=asked["holidays"] is not False,
        crisis_reviewed_on=_reviewed(asked),
    )
    names = ("maildir", "sent", "smtp_host", "smtp_port", "smtp_security", "smtp_username")
    more = {name: asked[name] for name in names if asked[name] is not None}
    if asked["smtp_host"]:
        port, security = _usual_submission(asked["smtp_host"])
        more = {"smtp_port": port, "smtp_security": security, **more}
        if more["smtp_security"] == "none" and asked["smtp_host"] not in _THIS_MACHINE:
            raise UsageProblem(
                f"--smtp-security none would send mail to {asked['smtp_host']} for everybody to read; "
                "allowed: starttls or tls"
            )
    secret = asked["smtp_password_secret"] or ("smtp-main" if asked["smtp_username"] else "")
    return replace(first, smtp_password_secret=secret, **more)


def _reviewed(asked: dict[str, Any]) -> date | None:
    return today(asked["zone"]) if asked["crisis_lines_checked"] else None


def _say_next_steps(path: Path, answers: FirstAnswers) -> None:
    click.echo(f"Written: {path}\n")
    if answers.crisis_reviewed_on is None:
        lines = f"crisis lines for {answers.region}" if answers.region else "local emergency number"
        click.echo(
            f"Please check the {lines} that every response carries;\n`boundary doctor` shows it all. "
            "When it is right, write the day as\ncrisis_reviewed_on in the file.\n"
        )
    steps = [
        ("boundary doctor", "checks that everything is in place"),
        ("boundary client add", "puts a client on file; nobody else is answered"),
        ("boundary run", "watches, and sends nothing yet"),
        ("boundary arm", "begins to send, when you like what you saw"),
    ]
    if answers.smtp_password_secret:
        steps.insert(0, (f"boundary secret set {answers.smtp_password_secret}", "keeps the password"))
    width = max(len(command) for command, _ in steps)
    click.echo("Next:")
    for command, says in steps:
        click.echo(f"  {command:<{width}}  {says}")
