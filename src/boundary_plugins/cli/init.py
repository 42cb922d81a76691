"""`boundary init`: writes a first configuration by a few questions, or from flags alone."""

import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from boundary_plugins.cli.context import config_path, today
from boundary_plugins.cli.init_mail import (
    PLACES,
    asked_of_mail,
    first_mailbox,
    missing_of_mail,
    place_of,
)
from boundary_plugins.cli.init_server import SECURITIES, question
from boundary_plugins.cli.parameters import WholeNumber, checked
from boundary_plugins.config.fields import (
    address_problem,
    host_problem,
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
from boundary_plugins.config.first_mailbox import FirstImap, secrets_of
from boundary_plugins.config.regions import region_problem
from boundary_plugins.errors import UsageProblem


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
@click.option("--mail", type=click.Choice(PLACES), help="Where your mail is: at a provider, or in a folder.")
@click.option("--imap-host", callback=checked(host_problem), help="Your provider's IMAP server.")
@click.option("--imap-port", type=WholeNumber(1, 65535), help="Its port.")
@click.option("--imap-security", type=click.Choice(SECURITIES), help="none only on this machine.")
@click.option("--username", help="The user there; else your address.")
@click.option("--password-secret", help="The name of the secret that holds the password there.")
@click.option("--maildir", help="The Maildir your mail is delivered to.")
@click.option("--sent", help="The Maildir your own mail is kept in.")
@click.option("--smtp-host", callback=checked(host_problem), help="The server that takes outgoing mail.")
@click.option("--smtp-port", type=WholeNumber(1, 65535), help="Its port.")
@click.option("--smtp-security", type=click.Choice(SECURITIES), help="none only on this machine.")
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
    missing = [flag for name, flag in required.items() if not given[name]] + missing_of_mail(given)
    if missing:
        raise UsageProblem(f"missing: {', '.join(missing)}; or run boundary init on a terminal, which asks")
    return _answers(given)


def _ask(given: dict[str, Any]) -> FirstAnswers:
    """The answers from flags, and questions for the rest."""
    # Flags that do not go together are refused before the first question.
    place_of(given)
    click.echo("A few questions; what stands in [brackets] is taken if you just press Enter.\n")
    asked = dict(given)
    asked["name"] = given["name"] or question("The practice's name")
    asked["therapist"] = given["therapist"] or question("Your name", default="")
    asked["addresses"] = given["addresses"] or (question("Your mail address", address_problem),)
    asked["zone"] = given["zone"] or question("Your time zone", zone_problem, zone_of_this_machine() or None)
    region = region_of_zone(asked["zone"])
    asked["region"] = given["region"] or question("Your region", region_problem, region or None)
    asked["language"] = given["language"] or question(
        "The language of responses", text_language_problem, "en"
    )
    hours = "mon-thu 09:00-12:30, 13:30-17:00; fri 09:00-12:00"
    asked["weekly"] = given["weekly"] or question("When clients can reach you", weekly_problem, hours)
    if given["holidays"] is None:
        asked["holidays"] = click.confirm("Closed on public holidays", default=True)
    return _answers(asked | asked_of_mail(asked))


def _answers(asked: dict[str, Any]) -> FirstAnswers:
    """The values of flags or questions as answers; what is None keeps its default."""
    return FirstAnswers(
        practice=asked["name"],
        therapist=asked["therapist"] or "",
        addresses=tuple(asked["addresses"]),
        zone=asked["zone"],
        language=asked["language"] or "en",
        region=asked["region"] or "",
        weekly=asked["weekly"],
        holidays=asked["holidays"] is not False,
        mailbox=first_mailbox(asked),
        crisis_reviewed_on=_reviewed(asked),
    )


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
    _say_what_is_missing(answers)
    steps = [
        ("boundary doctor", "checks that everything is in place"),
        ("boundary client add", "puts a client on file; nobody else is answered"),
        ("boundary run", "watches, and sends nothing yet"),
        ("boundary arm", "begins to send, when you like what you saw"),
    ]
    password = answers.mailbox.signs_in_with if isinstance(answers.mailbox, FirstImap) else "password"
    steps[:0] = [
        (f"boundary secret set {name}", f"keeps the {password}") for name in secrets_of(answers.mailbox)
    ]
    width = max(len(command) for command, _ in steps)
    click.echo("Next:")
    for command, says in steps:
        click.echo(f"  {command:<{width}}  {says}")


def _say_what_is_missing(answers: FirstAnswers) -> None:
    """What a mailbox over IMAP needs that a configuration cannot give."""
    if not isinstance(answers.mailbox, FirstImap):
        return
    if find_spec("imapclient") is None:
        click.echo(
            "Reading mail over IMAP needs one more library. In the folder of the program:\n"
            "  .venv/bin/pip install --constraint constraints.txt '.[imap]'\n"
        )
    if answers.mailbox.own_certificate:
        click.echo(
            "The mail server has a certificate of its own. Export it there, and put it\n"
            "beside the configuration as cert.pem.\n"
        )
