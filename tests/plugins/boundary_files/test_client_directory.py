"""Files of clients fulfil the contract of every client directory."""

import csv
from pathlib import Path

import pytest
from pydantic import ValidationError

import boundary_files
from boundary_files.client_directory import csv_clients, vcard_clients
from boundary_files.settings import CsvClientSettings, VcardClientSettings
from boundary_plugins import Unavailable
from boundary_plugins.testing.contracts import ClientDirectoryBench, ClientDirectoryContract
from boundary_plugins.testing.doubles import memory_services


class CsvBench(ClientDirectoryBench):
    """A table on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clients.csv"
        self.path.write_text("id,name,email,email 2\n")
        self.directory = csv_clients(CsvClientSettings(path=self.path), memory_services(folder))
        self.enter(1, "one@example.org")

    def enter(self, number: int, *addresses: str) -> None:
        with self.path.open("a", newline="") as file:
            csv.writer(file).writerow([number, "Invented Client", *addresses])

    def state(self) -> object:
        return self.path.read_bytes(), sorted(self.path.parent.iterdir())


class VcardBench(ClientDirectoryBench):
    """A file of cards."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clients.vcf"
        self.path.touch()
        self.directory = vcard_clients(VcardClientSettings(path=self.path), memory_services(folder))
        self.enter(1, "one@example.org")

    def enter(self, number: int, *addresses: str) -> None:
        lines = ["BEGIN:VCARD", "VERSION:4.0", "FN:Invented Client", f"UID:urn:{number}"]
        lines += [*(f"EMAIL:{address}" for address in addresses), "END:VCARD", ""]
        with self.path.open("a") as file:
            file.write("\n".join(lines))

    def state(self) -> object:
        return self.path.read_bytes(), sorted(self.path.parent.iterdir())


class TestCsv(ClientDirectoryContract):
    """A table in text."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> ClientDirectoryBench:
        return CsvBench(tmp_path)


class TestVcard(ClientDirectoryContract):
    """vCards."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> ClientDirectoryBench:
        return VcardBench(tmp_path)


def test_a_file_that_is_not_there_is_told_when_it_is_read_and_when_its_version_is_asked(
    tmp_path: Path,
) -> None:
    """It may come back, so opening does not fail."""
    directory = csv_clients(CsvClientSettings(path=Path("none.csv")), memory_services(tmp_path))

    for ask in (directory.listing, directory.version):
        with pytest.raises(Unavailable, match=r"there is no file .*none\.csv"):
            ask()


def test_a_column_is_given_as_one_heading_or_a_list_and_an_unknown_field_is_refused() -> None:
    """As the configuration has it."""
    (settings, _) = (provider.settings for provider in boundary_files.register_client_directories())

    given = settings.model_validate({"path": "x.csv", "columns": {"email": "Mail", "name": ["A", "B"]}})

    assert isinstance(given, CsvClientSettings)
    assert {"email": ("Mail",), "name": ("A", "B")} == given.columns
    for wrong in ({"columns": {"shoe": "X"}, "path": "x"}, {"columns": 7, "path": "x"}, {}):
        with pytest.raises(ValidationError):
            settings.model_validate(wrong)
