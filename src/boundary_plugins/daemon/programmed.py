"""Which providers were told to answer by themselves, in the state directory, so that none is forgotten there."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from boundary_plugins.daemon.notices import LOOK, Notices
from boundary_plugins.daemon.served import ServedPublisher
from boundary_plugins.errors import Unavailable

_FOLDER = "programmed"


class Programmed:
    """A file for each publisher whose provider was told to answer, gone when it answers no more."""

    def __init__(self, state_directory: Path) -> None:
        """Read nothing yet."""
        self._folder = state_directory / _FOLDER

    def note(self, publisher: ServedPublisher) -> None:
        """Its provider is told to answer. Raises Unavailable where that cannot be noted."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._folder / publisher.name).touch(mode=0o600)
        except OSError as error:
            raise Unavailable(publisher.title, f"no note can be written ({error.strerror})") from None

    def forget(self, publisher: ServedPublisher) -> None:
        """Its provider answers no more; a note that stays is told later, and harms nobody."""
        with contextlib.suppress(OSError):
            (self._folder / publisher.name).unlink(missing_ok=True)

    def left_behind(self, configured: Iterable[str]) -> tuple[str, ...]:
        """The names of those that the configuration has no more, and that may still answer."""
        found = sorted(file.name for file in self._folder.iterdir()) if self._folder.is_dir() else []
        return tuple(name for name in found if name not in {*configured})


def problem_and_remedy(state_directory: Path, name: str) -> tuple[str, str]:
    """What is wrong about one that was left behind, and what a person does about it."""
    problem = "its provider was told to answer by itself, and the configuration names it no more"
    note = state_directory / _FOLDER / name
    remedy = (
        "put its table back, run boundary pause, and take it out a minute later; or take the responses away "
        f"by hand at the provider, and remove the file {note}"
    )
    return problem, remedy


def raise_left_behind(state_directory: Path, configured: Iterable[str], notices: Notices) -> None:
    """Say which providers may answer beside this program."""
    for name in Programmed(state_directory).left_behind(configured):
        problem, remedy = problem_and_remedy(state_directory, name)
        notices.raise_(f"{LOOK}publisher {name}: left behind", f"publisher {name}: {problem}. So {remedy}.")
