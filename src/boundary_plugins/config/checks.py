"""What only shows where several parts of a configuration are seen together."""

from collections.abc import Iterator
from typing import Any

from boundary_plugins.config.place import Place, problem_at
from boundary_plugins.config.schema import PROVIDER_SECTIONS
from boundary_plugins.errors import ConfigProblem


def cross_problems(raw: dict[str, Any], place: Place) -> Iterator[ConfigProblem]:
    """Doubled names and addresses, in the tables as they were read (their types are not checked yet)."""
    for section in (*PROVIDER_SECTIONS, "fees"):
        yield from _doubled_names(raw, place, section)
    yield from _doubled_addresses(raw, place)
    if raw.get("fees") and "billing" not in raw:
        problem = "[[fees]] need a table [billing]; allowed: one with version, effective_on and currency"
        yield problem_at(place, ("fees",), problem)


def _doubled_names(raw: dict[str, Any], place: Place, section: str) -> Iterator[ConfigProblem]:
    tables = raw.get(section)
    names = [table.get("name") if isinstance(table, dict) else None for table in _items(tables)]
    for index, name in enumerate(names):
        if isinstance(name, str) and name in names[:index]:
            first = place.line((section, names.index(name), "name"))
            where = f" (line {first})" if first else ""
            problem = f'"{name}" is already the name of another one{where}; allowed: a name used once'
            yield problem_at(place, (section, index, "name"), problem)


def _doubled_addresses(raw: dict[str, Any], place: Place) -> Iterator[ConfigProblem]:
    therapist = raw.get("therapist")
    addresses = _items(therapist.get("addresses")) if isinstance(therapist, dict) else []
    folded = [address.casefold() if isinstance(address, str) else None for address in addresses]
    for index, address in enumerate(folded):
        if address is not None and address in folded[:index]:
            path = ("therapist", "addresses", index)
            yield problem_at(
                place, path, f'"{addresses[index]}" stands here twice; allowed: each address once'
            )


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
