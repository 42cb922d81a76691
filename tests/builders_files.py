"""What tests of files share."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: A user who owns nothing, for tests that are run by one to whom nothing is forbidden.
NOBODY = 65534


@contextmanager
def forbidden(path: Path) -> Iterator[None]:
    """For a while, a file that may not be read, or a folder in which nothing may be written."""
    mode, user = path.stat().st_mode & 0o777, os.geteuid()
    path.chmod(0o500 if path.is_dir() else 0)
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(user)
        path.chmod(mode)
