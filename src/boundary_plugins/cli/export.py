"""`boundary availability export`: availability in the form of another program, on standard output."""

import click

from boundary_plugins.cli.context import hours_of, load_config, now, opened_store
from boundary_plugins.config.schema import Config
from boundary_plugins.core.policy import Audience
from boundary_plugins.errors import UsageProblem
from boundary_plugins.ports import Publication


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["sieve"]),
    required=True,
    help="sieve: a script with which a mail server answers by itself.",
)
def export(form: str) -> None:
    """Print availability for another program, such as a mail server that answers by itself."""
    del form
    config = load_config()
    if config.responses.audience is not Audience.EVERYONE:
        raise UsageProblem(
            "such a script answers everyone who writes, because a mail server does not know who is a client; "
            'allowed: only where [responses] has audience = "everyone"'
        )
    from boundary_plugins.codecs.sieve import write_sieve

    # By hand it may go to any server, so that it asks for nothing that not all of them have.
    click.echo(write_sieve(_publication(config), extensions=()), nl=False)


def _publication(config: Config) -> Publication:
    """What a provider that answers by itself would be told now."""
    from boundary_plugins.daemon.publishing import publication, with_responses
    from boundary_plugins.daemon.rules import policy_for, renderer_for
    from boundary_plugins.ports import PublishedPractice

    practice = config.practice
    with opened_store(config, read_only=True) as store:
        timetable = hours_of(config, store)
        current = publication(
            timetable,
            weeks=config.daemon.publish_weeks,
            zone=practice.zone,
            own_address=config.therapist.addresses[0],
            practice=PublishedPractice(practice.name, practice.language, practice.region),
            at=now(),
        )
        return with_responses(current, timetable, policy_for(config), renderer_for(config))
