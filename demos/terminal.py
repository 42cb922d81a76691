"""A therapist at a terminal, in a folder of their own: commands of the program, shown with what they said."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


class Terminal:
    """Runs `boundary` over the configuration in a folder."""

    def __init__(self, folder: Path) -> None:
        """Run nothing yet."""
        self.folder = folder

    def configure(self, text: str) -> None:
        """Write the configuration."""
        (self.folder / "config.toml").write_text(text, "utf-8")

    def boundary(self, *arguments: str, shown: bool = True, given: str | None = None) -> str:
        """Run a command, and show it with what it said; the demonstration ends where it fails.

        `given` is what is typed in.
        """
        print(f"\n$ boundary {' '.join(arguments)}")
        done = subprocess.run(
            self._command(*arguments),
            capture_output=True,
            text=True,
            input=given,
            env=_environment(),
            check=False,
        )
        if shown or done.returncode:
            print("\n".join(f"  {line}" for line in (done.stdout + done.stderr).splitlines()))
        if done.returncode:
            sys.exit(f"the command ended with {done.returncode}")
        return done.stdout

    def lines_of(self, *arguments: str) -> Iterator[str]:
        """Run a command that waits for a person, and show each line as it comes."""
        print(f"\n$ boundary {' '.join(arguments)}")
        with subprocess.Popen(
            self._command(*arguments), stdout=subprocess.PIPE, text=True, env=_environment()
        ) as running:
            assert running.stdout is not None
            for line in running.stdout:
                print(f"  {line.rstrip()}")
                yield line.rstrip()
        if running.returncode:
            sys.exit(f"the command ended with {running.returncode}")

    def _command(self, *arguments: str) -> list[str]:
        """The command line."""
        program = Path(sys.executable).with_name("boundary")
        return [str(program), "--config", str(self.folder / "config.toml"), *arguments]


def _environment() -> dict[str, str]:
    """Without a keyring, so that the demonstration's sign-in stays in its folder."""
    return os.environ | {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONUNBUFFERED": "1",
    }
