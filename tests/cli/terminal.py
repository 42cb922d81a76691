"""`boundary init` on a terminal, as a person answers it."""

import os
import pty
import subprocess
import sys
from pathlib import Path


def init_on_a_terminal(path: Path, answers: list[str], *flags: str) -> subprocess.CompletedProcess[str]:
    """The real command on a pseudo-terminal, answered line by line."""
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    boundary = Path(sys.executable).with_name("boundary")
    try:
        return subprocess.run(
            [boundary, "--config", path, "init", *flags],
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        os.close(ours)
        os.close(theirs)
