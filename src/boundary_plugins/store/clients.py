"""The client directory in the store: the one place that holds clients' addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from boundary_plugins.core.client import AutoReply, Client
from boundary_plugins.errors import StoreError
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import client_addresses, clients, therapists


@dataclass(frozen=True, slots=True)
class ClientDirectory:
    """All clients at one moment, with look-up by canonical address; `version` goes up with each edit."""

    version: int
    clients: tuple[Client, ...]
    by_address: Mapping[str, tuple[Client, int]]

    def find(self, canonical: str) -> tuple[Client, int] | None:
        """The client with this canonical address, and the id of the address on file."""
        return self.by_address.get(canonical)

    def client_at(self, canonical: str) -> Client | None:
        """The client with this canonical address."""
        found = self.by_address.get(canonical)
        return found[0] if found else None

    def client(self, client_id: str) -> Client | None:
        """The client with this id."""
        return next((client for client in self.clients if client.id == client_id), None)


_NO_DIRECTORY = ClientDirectory(-1, (), {})


class ClientReads(Reads):
    """Looking clients up."""

    _directory = _NO_DIRECTORY

    def directory(self) -> ClientDirectory:
        """Every client, read anew only where somebody (also another process) has edited them."""
        query = sa.select(therapists.c.directory_version).where(therapists.c.therapist == self.therapist)
        with self._database.read() as connection:
            version = connection.scalar(query) or 0
            if version != self._directory.version:
                self._directory = self._read_directory(connection, version)
        return self._directory

    def known_directory(self) -> ClientDirectory:
        """The directory as it was read last, which costs nothing; read where it never was.

        Whoever acts on it compares its version with `Transaction.standing` in the same transaction.
        """
        return self.directory() if self._directory is _NO_DIRECTORY else self._directory

    def clients(self) -> tuple[Client, ...]:
        """Every client, by id, also inactive ones."""
        return self.directory().clients

    def client(self, client_id: str) -> Client | None:
        """The client with this id."""
        return self.directory().client(client_id)

    def find_by_address(self, canonical: str) -> tuple[Client, int] | None:
        """The client with this canonical address, and the id of the address on file."""
        return self.directory().find(canonical)

    def address(self, address_id: int) -> str | None:
        """The address on file as written; None where it was removed (then nothing may be sent to it)."""
        query = sa.select(client_addresses.c.address).where(
            client_addresses.c.therapist == self.therapist, client_addresses.c.id == address_id
        )
        with self._database.read() as connection:
            found: str | None = connection.scalar(query)
        return found

    def _read_directory(self, connection: sa.Connection, version: int) -> ClientDirectory:
        """Read both tables."""
        of_therapist = client_addresses.c.therapist == self.therapist
        addresses: dict[str, list[Any]] = {}
        query = sa.select(client_addresses).where(of_therapist).order_by(client_addresses.c.position)
        for row in connection.execute(query):
            addresses.setdefault(row.client_id, []).append(row)
        everyone, by_address = [], {}
        for row in connection.execute(
            sa.select(clients).where(clients.c.therapist == self.therapist).order_by(clients.c.id)
        ):
            rows = addresses.get(row.id, [])
            client = _client(row, tuple(address.address for address in rows))
            everyone.append(client)
            by_address.update({address.canonical: (client, address.id) for address in rows})
        return ClientDirectory(version, tuple(everyone), by_address)


class ClientWrites(Writes):
    """Changing the directory. `canonical` are the canonical forms of `client.addresses`, in that order."""

    def add_client(self, client: Client, canonical: Sequence[str], at: datetime) -> None:
        """Add a client. Raises StoreError where the id or an address is already on file."""
        row = {"therapist": self.therapist, **_columns(client), "added_at": at, "edited_at": at}
        try:
            with self.connection.begin_nested():
                self.connection.execute(sa.insert(clients).values(**row))
        except IntegrityError:
            raise StoreError(f"client {client.id} is already on file") from None
        self._put_addresses(client, canonical)
        self._directory_changed()

    def add_clients(self, everyone: Sequence[tuple[Client, Sequence[str]]], at: datetime) -> None:
        """Add clients, each with the canonical forms of their addresses, all at once.

        Raises StoreError where an id or an address is already on file, or stands here twice.
        """
        if not everyone:
            return
        owner, stamps = {"therapist": self.therapist}, {"added_at": at, "edited_at": at}
        rows = [{**owner, **_columns(client), **stamps} for client, _ in everyone]
        try:
            with self.connection.begin_nested():
                self.connection.execute(sa.insert(clients), rows)
                self.connection.execute(sa.insert(client_addresses), self._address_rows(everyone))
        except IntegrityError:
            raise StoreError("a client or an address is already on file") from None
        self._directory_changed()

    def extend_clients(self, everyone: Sequence[tuple[Client, Sequence[str]]], at: datetime) -> None:
        """Add to what is on file of clients, all at once; no address is taken away.

        Raises StoreError where a client is not on file, or an address is another client's.
        """
        if not everyone:
            return
        mine = client_addresses.c.therapist == self.therapist
        query = sa.select(client_addresses.c.canonical, client_addresses.c.client_id).where(mine)
        holders = {row.canonical: row.client_id for row in self.connection.execute(query)}
        rows = self._address_rows(everyone)
        if any(holders.get(row["canonical"], row["client_id"]) != row["client_id"] for row in rows):
            raise StoreError("an address is already on file for another client")
        if further := [row for row in rows if row["canonical"] not in holders]:
            self._insert_addresses(further)
        change = sa.update(clients).where(
            clients.c.therapist == self.therapist, clients.c.id == sa.bindparam("known_id")
        )
        # An id that is written, even as it is, lets SQLite look through all addresses for each client.
        values = [{**_columns(client), "edited_at": at, "known_id": client.id} for client, _ in everyone]
        for row in values:
            del row["id"]
        self.connection.execute(change, values)
        self._directory_changed()

    def _insert_addresses(self, rows: Sequence[dict[str, Any]]) -> None:
        """Insert addresses of clients on file. Raises StoreError where a client is not."""
        try:
            with self.connection.begin_nested():
                self.connection.execute(sa.insert(client_addresses), rows)
        except IntegrityError:
            raise StoreError("a client is not on file, or an address stands twice") from None

    def _address_rows(self, everyone: Sequence[tuple[Client, Sequence[str]]]) -> list[dict[str, Any]]:
        """A row for each address, in order."""
        return [
            {
                "therapist": self.therapist,
                "client_id": client.id,
                "address": address,
                "canonical": form,
                "position": position,
            }
            for client, canonical in everyone
            for position, (address, form) in enumerate(zip(client.addresses, canonical, strict=True))
        ]

    def edit_client(self, client: Client, canonical: Sequence[str], at: datetime) -> None:
        """Replace what is on file of the client; an address that stays keeps its id.

        Raises StoreError where there is no such client, or an address is another client's.
        """
        change = sa.update(clients).where(clients.c.therapist == self.therapist, clients.c.id == client.id)
        if not self.connection.execute(change.values(**_columns(client), edited_at=at)).rowcount:
            raise StoreError(f"no client {client.id} is on file")
        gone = sa.delete(client_addresses).where(
            client_addresses.c.therapist == self.therapist,
            client_addresses.c.client_id == client.id,
            client_addresses.c.canonical.not_in(list(canonical)),
        )
        self.connection.execute(gone)
        self._put_addresses(client, canonical)
        self._directory_changed()

    def _put_addresses(self, client: Client, canonical: Sequence[str]) -> None:
        """Add the addresses that are new, and put the others in order."""
        table = client_addresses
        for position, (address, form) in enumerate(zip(client.addresses, canonical, strict=True)):
            mine = (table.c.therapist == self.therapist, table.c.canonical == form)
            holder = self.connection.scalar(sa.select(table.c.client_id).where(*mine))
            if holder is None:
                owner = {"therapist": self.therapist, "client_id": client.id}
                values = {"address": address, "canonical": form, "position": position}
                self.connection.execute(sa.insert(table).values(**owner, **values))
            elif holder == client.id:
                self.connection.execute(
                    sa.update(table).where(*mine).values(address=address, position=position)
                )
            else:
                raise StoreError(f"an address of client {client.id} is already on file for {holder}")

    def _directory_changed(self) -> None:
        """Let every process that holds the directory notice."""
        change = sa.update(therapists).where(therapists.c.therapist == self.therapist)
        self.connection.execute(change.values(directory_version=therapists.c.directory_version + 1))


def _columns(client: Client) -> dict[str, Any]:
    """A client's row, without its addresses."""
    return {
        "id": client.id,
        "zone": client.zone,
        "language": client.language,
        "region": client.region,
        "auto_reply": client.auto_reply.value,
        "active": client.active,
    }


def _client(row: Any, addresses: tuple[str, ...]) -> Client:
    """A client as the core knows it."""
    return Client(
        id=row.id,
        addresses=addresses,
        zone=row.zone,
        language=row.language,
        region=row.region,
        auto_reply=AutoReply(row.auto_reply),
        active=row.active,
    )
