"""The port `ClientDirectory` over a file: a table of text, or vCards. It never writes, locks or touches it."""

from collections.abc import Callable
from pathlib import Path

from boundary_files.client_csv import read_client_csv
from boundary_files.client_text import read_client_text, stamp_of
from boundary_files.client_vcard import read_client_vcards
from boundary_files.settings import CsvClientSettings, VcardClientSettings
from boundary_plugins import ClientListing, Services, Unavailable

#: Reads a text; `name` is the file's, for the places in it. Raises ValueError.
Read = Callable[[str, str], ClientListing]


class ClientFile:
    """One file of clients, read anew at each question."""

    def __init__(self, path: Path, read: Read, name: str) -> None:
        """Open nothing yet; `name` is what errors begin with."""
        self._path, self._read, self._name = path, read, name

    def listing(self) -> ClientListing:
        """Every client in the file. Raises Unavailable where the file as a whole cannot be read."""
        text = read_client_text(self._path, self._name)
        try:
            return self._read(text, self._path.name)
        except ValueError as error:
            raise Unavailable(self._name, str(error)) from None

    def version(self) -> str:
        """The file's time, size and inode."""
        return " ".join(map(str, stamp_of(self._path, self._name)))

    def close(self) -> None:
        """Nothing is open."""


def csv_clients(settings: CsvClientSettings, services: Services) -> ClientFile:
    """A table of text."""
    columns = {str(field): headings for field, headings in settings.columns.items()}
    path = services.path(str(settings.path))
    return ClientFile(path, lambda text, name: read_client_csv(text, name, columns), services.name)


def vcard_clients(settings: VcardClientSettings, services: Services) -> ClientFile:
    """A file of vCards."""
    return ClientFile(services.path(str(settings.path)), read_client_vcards, services.name)
