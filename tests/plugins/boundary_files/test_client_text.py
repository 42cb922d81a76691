"""Files of clients in every encoding that programs write, and files that are none."""

from pathlib import Path

import pytest

from boundary_files import client_text
from boundary_files.client_text import decoded, read_client_text
from boundary_plugins import Unavailable

TEXT = "email,name\r\none@example.org,Jörg Müller\r\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "ascii"]
)
def test_a_text_is_read_in_whichever_encoding_it_was_saved(encoding: str) -> None:
    """With a byte order mark and without."""
    text = TEXT if encoding != "ascii" else TEXT.replace("ö", "oe").replace("ü", "ue")

    assert text == decoded(text.encode(encoding))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        # Workbooks, an archive, a document, an image, half a file of UTF-16.
        (b"PK\x03\x04\x14\x00", "a workbook or an archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old workbook"),
        (b"\x1f\x8b\x08\x00", "a compressed file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "it is not text"),
        (bytes(range(256)), "it is not text"),
        (b"\xff\xfea\x00b", "it is not text"),
        (b"email\n\x81\x8d", "it is not text"),
    ],
)
def test_what_is_no_text_is_refused_with_what_is_allowed(data: bytes, says: str) -> None:
    """In one sentence."""
    with pytest.raises(ValueError, match=says):
        decoded(data)


def test_files_that_cannot_be_read_are_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None there, a folder, one that is too large."""
    monkeypatch.setattr(client_text, "LARGEST", 1024 * 1024)
    with (tmp_path / "large.csv").open("wb") as large:
        large.truncate(3 * 1024 * 1024)

    told = []
    for name in ("none.csv", ".", "large.csv"):
        with pytest.raises(Unavailable) as caught:
            read_client_text(tmp_path / name, "client directory x")
        told.append(str(caught.value))

    assert f"client directory x: there is no file {tmp_path}/none.csv" == told[0]
    assert "is a folder; allowed: a file" in told[1]
    assert told[2].endswith("large.csv is too large (3 MB); allowed: up to 1 MB")
