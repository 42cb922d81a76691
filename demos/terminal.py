"""A therapist at a terminal, in a folder of their own: every command that is run is shown with what it said."""

import os
import subprocess
import sys
from pathlib import Path


class Terminal:
    """Commands over one configuration."""

    def __init__(self, folder: Path) -> None:
        """Use the configuration in a folder."""
        self.folder = folder

    def configure(self, text: str) -> None:
        """Write the configuration anew."""
        (self.folder / "config.toml").write_text(text, "utf-8")

    def boundary(self, *arguments: str, shown: bool = True, given: str | None = None) -> str:
        """Run a command, and show it with what it said; `given` is what is typed in."""
        print(f"\n$ boundary {' '.join(arguments)}")
        program = Path(sys.executable).with_name("boundary")
        command = [str(program), "--config", str(self.folder / "config.toml"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, input=given, env=_environment())
        if shown or done.returncode:
            print("\n".join(f"  {line}" for line in (done.stdout + done.stderr).splitlines()))
        if done.returncode:
            sys.exit(f"the command ended with {done.returncode}")
        return done.stdout


def _environment() -> dict[str, str]:
    """Without a keyring, so that the demo's secrets stay in its folder."""
    return os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
