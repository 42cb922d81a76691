"""The `boundary` command as a process of its own, and what a demonstration left."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

COMMAND = [sys.executable, "-c", "from boundary_plugins.cli import main; main()"]


def boundary(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as a process of its own."""
    environment = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, env=environment
    )


class Shown(NamedTuple):
    """The folder of a demonstration, and how it ended."""

    folder: Path
    done: "subprocess.CompletedProcess[str]"

    @property
    def config(self) -> str:
        """The path of its configuration."""
        return str(self.folder / "config.toml")
