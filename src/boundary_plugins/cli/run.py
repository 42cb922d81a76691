"""`boundary run`, `arm` and `pause`: the daemon, and the two deliberate commands about sending."""

import threading
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from boundary_plugins.cli.context import load_config, now, opened_secrets, opened_store
from boundary_plugins.cli.output import local_text
from boundary_plugins.core.policy import Audience
from boundary_plugins.daemon.assembly import Assembly, assemble
from boundary_plugins.daemon.dry_run import dry_run
from boundary_plugins.daemon.log import open_log
from boundary_plugins.daemon.loop import run_once, run_until_stopped
from boundary_plugins.daemon.opening import copy_of_store
from boundary_plugins.daemon.signals import Requests, ignore_reload, listen
from boundary_plugins.errors import AuthorizationNeeded, UsageProblem
from boundary_plugins.store.records import Mode


@click.command()
@click.option("--once", is_flag=True, help="One pass over everything; holds are not waited for.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Write and send nothing; say what would be done.")
@click.option("--verbose", is_flag=True, help="Log more.")
def run(once: bool, is_dry: bool, verbose: bool) -> int:
    """Watch the mailboxes, and answer once armed.

    Runs in the foreground until it is told to stop (Ctrl-C or SIGTERM) and finishes what it began;
    SIGHUP reads the configuration anew.
    """
    log = open_log(verbose=verbose)
    requests = Requests()
    if threading.current_thread() is threading.main_thread():
        if once:
            # The weekly hours may be changed while this runs; the configuration is read once all the same.
            ignore_reload()
        else:
            listen(requests)

    def assembled() -> Assembly:
        """Everything that the configuration names, opened."""
        config = load_config()
        if not (config.mailboxes or config.publishers or config.fees):
            raise UsageProblem(
                "the configuration names no mailbox, no publisher and no fee, so there is nothing to run"
            )
        store = copy_of_store(config) if is_dry else opened_store(config)
        try:
            return assemble(config, store, opened_secrets(config), log, now, state=spare)
        except BaseException:
            store.close()
            raise

    spare: Path | None = None
    if is_dry:
        with TemporaryDirectory(prefix="boundary-") as name:
            spare = Path(name)
            return dry_run(assembled(), requests, once=once, say=click.echo)
    assembly = assembled()
    worked = run_once(assembly) if once else run_until_stopped(assembly, assembled, requests)
    if once and not worked and assembly.health.wants_sign_in:
        return AuthorizationNeeded.exit_code
    return 0 if worked else 1


@click.command()
def arm() -> None:
    """Begin to send; until then the program only watches.

    Messages that arrived before are never answered.
    """
    config, at = load_config(), now()
    with opened_store(config) as store:
        if store.mode().mode is Mode.ARMED:
            click.echo(f"Sending was armed already, {_since(store.mode().since, config.practice.zone)}.")
            return
        with store.transaction(at, check_clock=False) as transaction:
            transaction.drop_waiting(at, "it was decided before sending was armed")
            # Mail servers stamp whole seconds: what comes within this one is of the present.
            transaction.arm(at.replace(microsecond=0))
    click.echo("Armed. Messages that arrive from now on are answered outside contact hours.")
    click.echo("To stop everything at once: boundary pause")


@click.command()
def pause() -> None:
    """Stop sending at once, until it is armed again.

    Responses that wait are dropped; contacts are recorded all the same.
    """
    config, at = load_config(), now()
    with opened_store(config) as store, store.transaction(at, check_clock=False) as transaction:
        dropped = len(transaction.pause(at))
    waiting = {0: "None was waiting.", 1: "One response that waited was dropped."}
    click.echo("Paused. Nothing is sent any more.")
    click.echo(waiting.get(dropped, f"{dropped} responses that waited were dropped."))
    if config.publishers and config.responses.audience is Audience.EVERYONE:
        click.echo(
            "A mail server that answers by itself stops within a minute while `boundary run` is running; "
            "else with: boundary run --once"
        )
    click.echo("To send again: boundary arm")


def _since(at: datetime | None, zone: str) -> str:
    """Since when, in words."""
    return f"since {local_text(at, zone)}" if at else "before"
