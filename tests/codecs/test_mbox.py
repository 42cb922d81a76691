"""Streaming through an mbox file."""

import tracemalloc
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest

from boundary_plugins.codecs.mime import iter_mbox, looks_like_mbox

FROM = b"From ab@example.org Fri Nov 20 20:00:00 2026\n"


@pytest.mark.parametrize(
    "data, expected",
    [
        (b"", []),
        (FROM + b"A: 1\n\nx\n\n" + FROM + b"B: 2\n\ny\n", [b"A: 1\n\nx\n\n", b"B: 2\n\ny\n"]),
        # CRLF; no end of line at the end.
        (
            (FROM + b"A: 1\n\nx\n\n" + FROM + b"B: 2").replace(b"\n", b"\r\n"),
            [b"A: 1\r\n\r\nx\r\n\r\n", b"B: 2"],
        ),
        # "From " in the midst of a text begins nothing; a quoted one (mboxo, mboxrd) loses a mark.
        (FROM + b"A: 1\n\nx\nFrom here\n", [b"A: 1\n\nx\nFrom here\n"]),
        (FROM + b"A: 1\n\n>From here\n>>From there\n>x\n", [b"A: 1\n\nFrom here\n>From there\n>x\n"]),
        # A message without its line, an empty message.
        (b"A: 1\n\nx\n\n" + FROM + b"B: 2\n", [b"A: 1\n\nx\n\n", b"B: 2\n"]),
        (FROM + b"\n" + FROM + b"B: 2\n", [b"\n", b"B: 2\n"]),
        (FROM, [b""]),
    ],
)
def test_an_mbox_is_split_at_its_from_lines(data: bytes, expected: list[bytes]) -> None:
    """RFC 4155, appendix A, as the programs write it."""
    assert expected == list(iter_mbox(BytesIO(data)))


def test_a_path_is_opened_and_closed(tmp_path: Path) -> None:
    """What the command line hands over."""
    path = tmp_path / "mail"
    path.write_bytes(FROM + b"A: 1\n\n")

    assert [b"A: 1\n\n"] == list(iter_mbox(path))
    assert looks_like_mbox(path.read_bytes())
    assert not looks_like_mbox(b"From: ab@example.org")


class Endless(RawIOBase):
    """A file of many long messages that exists nowhere."""

    def __init__(self, messages: int) -> None:
        self._blocks = self._written(messages)

    def _written(self, messages: int) -> Iterator[bytes]:
        for _ in range(messages):
            yield FROM
            yield b"A: 1\n\n"
            yield (b"x" * 1000 + b"\n") * 300
            yield b"\n"

    def read(self, size: int = -1, /) -> bytes:
        """Blocks as they come, less than was asked for."""
        return next(self._blocks, b"")


def test_a_large_mbox_takes_the_memory_of_one_message() -> None:
    """120 MB of mail in less than 4 MB; of an endless message only a beginning is kept."""
    tracemalloc.start()

    sizes = [len(message) for message in iter_mbox(Endless(400), max_message_bytes=100_000)]  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 400 == len(sizes)
    assert max(sizes) < 102_000
    assert peak < 4_000_000


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_messages_are_the_same_however_the_file_is_read(size: int) -> None:
    """A `From ` line, or the empty line before it, may lie across two readings."""
    text = b"stray\n\n" + FROM + b"A: 1\r\n\r\n>From x\n\nFrom the sea\n" + FROM + b"\n" + FROM + b"\nFrom"
    source = BytesIO(text)

    class Slow(RawIOBase):
        def read(self, _: int = -1, /) -> bytes:
            return source.read(size)

    assert list(iter_mbox(BytesIO(text))) == list(iter_mbox(Slow()))  # type: ignore[arg-type]
