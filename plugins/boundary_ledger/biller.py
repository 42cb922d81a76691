"""A biller whose lines are entries of the program's own ledger; what it takes back, it counters."""

from boundary_plugins import ChargeLine, Ledger, Services, Unsupported


class LedgerBiller:
    """The port `Biller` over the ledger; a reference is an entry's number."""

    def __init__(self, services: Services) -> None:
        """Use the program's ledger. Raises Unsupported where there is none to use."""
        if services.ledger is None:
            raise Unsupported(services.name, "billing without the program's ledger")
        self._ledger: Ledger = services.ledger

    def post(self, line: ChargeLine) -> str:
        """Add the line once for its key."""
        return str(self._ledger.append(line))

    def find(self, key: str) -> str | None:
        """The number of the entry under the key."""
        found = self._ledger.find(key)
        return None if found is None else str(found)

    def void(self, reference: str, line: ChargeLine) -> str:
        """Add the counter-line once for its key."""
        return str(self._ledger.append(line, counters=int(reference)))

    def close(self) -> None:
        """Nothing is open: the ledger is the program's."""
