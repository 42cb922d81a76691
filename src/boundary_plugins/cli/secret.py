"""`boundary secret`: keeps the passwords that a configuration names, and never shows one."""

import sys

import click

from boundary_plugins.cli.context import load_config, opened_secrets
from boundary_plugins.errors import UsageProblem
from boundary_plugins.secrets import HASH_KEY


@click.group()
def secret() -> None:
    """Keep the passwords that the configuration names."""


@secret.command(name="set")
@click.argument("name")
def set_secret(name: str) -> None:
    """Keep a secret under NAME, such as the `password_secret` of a mailbox.

    It is asked for without being shown; where no terminal is there, one line of standard input is read.
    """
    config = load_config()
    if name == HASH_KEY:
        raise UsageProblem(
            f"{HASH_KEY} is the program's own; with another one it would forget whom it answered"
        )
    value = click.prompt(f"The secret {name}", hide_input=True) if sys.stdin.isatty() else _piped()
    place = opened_secrets(config).keep(name, value)
    click.echo(f"Kept in {place}.")


@secret.command()
@click.argument("name")
def check(name: str) -> int:
    """Tell whether a secret is there, without showing it."""
    found = opened_secrets(load_config()).get(name) is not None
    click.echo(
        f"The secret {name} is there." if found else f"There is no secret {name}: boundary secret set {name}"
    )
    return 0 if found else 1


def _piped() -> str:
    """The first line of standard input. Raises UsageProblem where there is none."""
    value = sys.stdin.readline().rstrip("\r\n")
    if not value:
        raise UsageProblem("no secret was given on standard input; allowed: one line with the secret")
    return value
