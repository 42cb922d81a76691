"""The command line: one file a command group, imported when it is called."""

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from boundary_plugins.cli.lazy import Command, LazyGroup
from boundary_plugins.errors import BoundaryError

# In the order in which a therapist meets them; the help stands here so that showing it imports nothing.
COMMANDS = {
    "init": Command("init:init", "Write a first configuration, by a few questions."),
    "run": Command("run:run", "Watch the mailboxes, and answer once armed."),
    "arm": Command("run:arm", "Begin to send; until then the program only watches."),
    "pause": Command("run:pause", "Stop sending at once, until it is armed again."),
    "status": Command("status:status", "Show what is well, what waits and what needs you."),
    "explain": Command("explain:explain", "Judge messages in files, and change nothing."),
    "why": Command("why:why", "Tell why a message was answered, or was not."),
    "availability": Command("availability:availability", "Show and change when you can be reached."),
    "client": Command("client:client", "Keep the clients on file."),
    "contact": Command("contact:contact", "List and show contacts, and log those of other channels."),
    "time": Command("working_time:working_time", "Log your time on contacts, by a clock or afterwards."),
    "promises": Command(
        "promises:promises", "Show the answers that were promised, what is due and what is late."
    ),
    "charge": Command("charge:charge", "See what contacts come to, and decide about it."),
    "invoice": Command("invoice:invoice", "Draft, issue and take back invoices."),
    "ledger": Command("ledger:ledger", "See and export what was posted."),
    "secret": Command("secret:secret", "Keep the passwords that the configuration names."),
    "plugins": Command("plugins:plugins", "List the plugins, and what they offer."),
    "doctor": Command("doctor:doctor", "Check that everything is in place."),
    "demo": Command("demo:demo", "See the whole program at work, on invented mail.", takes_config=False),
}


@click.group(
    cls=LazyGroup,
    commands_table=COMMANDS,
    further="plugin_commands:find",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with: boundary init. Plugins may have commands of their own: boundary plugins",
)
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=True),
    metavar="FILE",
    help="The configuration, where it is not in the usual place.",
)
@click.version_option(package_name="boundary-plugins", prog_name="boundary", message="%(prog)s %(version)s")
@click.pass_context
def boundary(context: click.Context, config_path: Path | None) -> None:
    """Keep your communication boundaries: say when you can be reached, and answer kindly when not."""
    context.obj = {"config_path": config_path}


def main() -> None:
    """Run the `boundary` command, and exit with 0 done, 1 failed, 2 usage, 77 sign-in, 78 configuration."""
    # No plugin runs here that the configuration does not name: pydantic would look for its own in everything
    # that is installed, which takes long, too.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Whatever goes wrong becomes one sentence on standard error."""
    try:
        result = boundary.main(args=list(arguments), prog_name="boundary", standalone_mode=False)
        sys.stdout.flush()
    except click.Abort as abort:
        _say("Stopped.")
        return 130 if isinstance(abort.__cause__, KeyboardInterrupt) else 1
    except KeyboardInterrupt:
        _say("Stopped.")
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        return _reader_is_gone()
    except BoundaryError as error:
        _say(str(error))
        return error.exit_code
    except Exception as error:
        return _unexpected(error)
    return result if isinstance(result, int) else 0


def _say(sentence: str) -> None:
    with suppress(BrokenPipeError):
        click.echo(sentence, err=True)


def _reader_is_gone() -> int:
    """`boundary … | head` has read enough: say nothing, not even when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _unexpected(error: Exception) -> int:
    """One calm sentence. The error's own text may hold anything, so it is shown only on request."""
    if os.environ.get("BOUNDARY_DEBUG") == "1":
        traceback.print_exception(error)
        return 1
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    because = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    _say(
        f"Something went wrong that should not have ({type(error).__name__}{place}{because}); "
        "set BOUNDARY_DEBUG=1 and try again to see the details."
    )
    return 1
