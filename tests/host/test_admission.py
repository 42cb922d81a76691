"""The doors: what is found without being imported, and which files are not run."""

import os
from pathlib import Path

import pytest

from boundary_plugins.host.admission import Door, admit, in_directory, installed, unsafe_because
from boundary_plugins.host.manager import PluginHost, PluginState
from host.conftest import PluginWriter


def test_the_bundled_plugin_is_found_by_its_entry_point() -> None:
    """Bundled plugins come through the same group as strangers'."""
    bundled = [candidate for candidate in installed() if candidate.door is Door.BUNDLED]

    assert [
        ("caldav", "boundary_caldav", "boundary-plugins"),
        ("exchange", "boundary_exchange", "boundary-plugins"),
        ("files", "boundary_files", "boundary-plugins"),
        ("google", "boundary_google", "boundary-plugins"),
        ("imap", "boundary_imap", "boundary-plugins"),
        ("ledger", "boundary_ledger", "boundary-plugins"),
        ("microsoft365", "boundary_microsoft365", "boundary-plugins"),
    ] == [(candidate.name, candidate.file, candidate.distribution) for candidate in bundled]


def test_names_are_compared_without_regard_to_case_and_dashes(write_plugin: PluginWriter) -> None:
    """`Homing-Pigeon` in the configuration is `homing_pigeon.py`."""
    folder = write_plugin("homing_pigeon", "").parent

    admission = admit(["Homing-Pigeon", "homing_pigeon"], folder)

    assert ["homing_pigeon"] == [candidate.name for candidate in admission.admitted]


@pytest.mark.parametrize("directory", [None, Path("/nowhere/at/all")])
def test_a_directory_need_not_exist(directory: Path | None) -> None:
    """Then there are no one-file plugins."""
    assert () == in_directory(directory)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o777])
def test_a_file_that_others_can_write_is_refused(write_plugin: PluginWriter, mode: int) -> None:
    """It would run next to health mail. The sentence says how to mend it."""
    file = write_plugin("open", "raise SystemExit")
    file.chmod(mode)

    host = PluginHost.load(["open"], file.parent)

    assert (f"plugin open: {file} can be written by others; chmod go-w {file}",) == host.problems
    assert PluginState.REFUSED is host.plugins[0].state


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_a_directory_that_others_can_write_is_refused(write_plugin: PluginWriter, mode: int) -> None:
    """Whoever may add a file there may run a program here."""
    file = write_plugin("open", "raise SystemExit")
    file.parent.chmod(mode)

    (problem,) = PluginHost.load(["open"], file.parent).problems

    assert f"{file.parent} can be written by others" in problem


def test_a_directory_below_one_that_everybody_can_write_is_refused(
    write_plugin: PluginWriter, tmp_path: Path
) -> None:
    """Its name could be given to another directory."""
    file = write_plugin("open", "raise SystemExit")
    tmp_path.chmod(0o777)

    (problem,) = PluginHost.load(["open"], file.parent).problems

    assert f"{tmp_path} can be written by everybody" in problem


def test_a_file_of_another_user_is_refused(write_plugin: PluginWriter) -> None:
    """Only this user's and root's files are run."""
    file = write_plugin("theirs", "")

    assert f"{file} belongs to another user" == unsafe_because(file, {os.geteuid() + 1})


def test_a_link_is_refused(write_plugin: PluginWriter) -> None:
    """What it leads to may be anybody's."""
    file = write_plugin("real", "")
    link = file.with_name("link.py")
    link.symlink_to(file)

    assert f"{link} is a symbolic link; put the file itself there" == unsafe_because(link)


def test_a_private_file_in_a_private_directory_is_run(write_plugin: PluginWriter) -> None:
    """The ordinary case."""
    assert unsafe_because(write_plugin("mine", "")) is None


def test_files_that_begin_with_an_underscore_are_no_plugins(write_plugin: PluginWriter) -> None:
    """They may hold what plugins share."""
    folder = write_plugin("_shared", "").parent
    write_plugin("mine", "")

    assert ["mine"] == [candidate.name for candidate in in_directory(folder)]
