"""Mail in files, one message at a time."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundary_plugins.cli.archive import MOST_BYTES, archived
from boundary_plugins.errors import UsageProblem

MESSAGE = b"From: ab@example.org\n\nHello.\n"


def test_folders_are_read_by_name_and_their_own_files_before_what_is_below(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("c.eml", "b.eml", "a/z.eml"):
        (tmp_path / name).write_bytes(MESSAGE)

    found = [Path(each.path).relative_to(tmp_path).as_posix() for each in archived([tmp_path])]

    assert ["b.eml", "c.eml", "a/z.eml"] == found


@pytest.mark.parametrize("name", [".hidden.eml", "notes.txt", "mail.eml.part"])
def test_what_is_no_mail_by_its_name_is_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(MESSAGE)

    assert [] == list(archived([tmp_path]))


def test_a_maildir_is_new_and_cur_whatever_the_names(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"1.{folder}:2,S").write_bytes(MESSAGE)

    found = [Path(each.path).parent.name for each in archived([tmp_path])]

    assert ["new", "cur"] == found


def test_the_messages_of_an_mbox_are_counted_from_nought(tmp_path: Path) -> None:
    path = tmp_path / "mail"
    path.write_bytes((b"From ab\n" + MESSAGE + b"\n") * 3)

    found = [(each.index, each.data.strip()) for each in archived([path])]

    assert [(index, MESSAGE.strip()) for index in range(3)] == found


def test_of_a_large_file_only_the_beginning_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.eml"
    path.write_bytes(MESSAGE)
    os.truncate(path, 3 * MOST_BYTES)

    (message,) = archived([path])

    assert MOST_BYTES == len(message.data)


def test_the_files_time_is_told(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(MESSAGE)
    at = datetime(2026, 11, 24, 17, tzinfo=UTC)
    os.utime(path, (at.timestamp(), at.timestamp()))

    (message,) = archived([path])

    assert at == message.file_time


def test_a_loop_of_folders_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(MESSAGE)
    (tmp_path / "again").symlink_to(tmp_path)

    assert 1 == len(list(archived([tmp_path])))


def test_a_missing_path_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="there is no such file or folder"):
        list(archived([tmp_path / "none"]))
