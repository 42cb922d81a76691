"""The log serves whoever reads it, and can harm nobody else."""

import errno
import io
from contextlib import suppress
from pathlib import Path

import pytest

from boundary_plugins.daemon.log import open_log


class FullDisk(io.StringIO):
    """A stream on a disk that is full."""

    def write(self, text: str, /) -> int:
        """Fail."""
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_cannot_be_written_ends_nothing() -> None:
    """Neither the call nor the program: the next line may be written again."""
    open_log(FullDisk()).warning("something to say")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a device of Linux")
def test_a_log_whose_disk_is_full_only_when_it_is_flushed_ends_nothing() -> None:
    """A buffered stream takes the line and fails later."""
    reached = False

    # What is left in the buffer fails when the stream is closed, and no sooner.
    with suppress(OSError), Path("/dev/full").open("w") as stream:
        open_log(stream).warning("something to say")
        reached = True

    assert reached


class FullForAMoment(io.StringIO):
    """A stream without a buffer, on a disk that is full for one line."""

    write_through = True

    def __init__(self) -> None:
        """Refuse the first line."""
        super().__init__()
        self.is_full = True

    def write(self, text: str, /) -> int:
        """Fail once."""
        if self.is_full:
            self.is_full = False
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


def test_a_line_that_the_disk_refused_goes_with_the_next() -> None:
    """Each once, and in their order."""
    stream = FullForAMoment()
    log = open_log(stream)

    log.info("the first")
    log.info("the second")

    first, second = stream.getvalue().splitlines()
    assert first.endswith("the first")
    assert second.endswith("the second")
