"""Clients in a table of text (CSV), as address books and practices' own systems export it."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boundary_files.client_columns import Columns, columns_of
from boundary_files.client_words import (
    auto_reply,
    cleaned,
    country_code,
    initials_of,
    language_tag,
    yes_or_no,
)
from boundary_plugins import ClientEntry, ClientListing, RefusedEntry

_DELIMITERS = ",;\t"
#: Google puts several values of one kind into one cell.
_BETWEEN_VALUES = " ::: "

Row = tuple[int, list[str]]


def read_client_csv(text: str, name: str, columns: Mapping[str, tuple[str, ...]]) -> ClientListing:
    """The clients in the table; `name` is the file's, `columns` the headings chosen for fields.

    Raises ValueError, beginning with the place, where the table as a whole cannot be read.
    """
    rows = _rows(text, name)
    first = next(rows, None)
    if first is None:
        raise ValueError(f"{name}: it is empty; allowed: a line of headings, then a line for each client")
    line, headings = first
    found = _columns(headings, columns, f"{name}:{line}")
    reader = _Reader(name, headings, found)
    read = [reader.entry(*row) for row in rows]
    entries = tuple(each for each in read if isinstance(each, ClientEntry))
    return ClientListing(entries, tuple(each for each in read if isinstance(each, RefusedEntry)))


def _rows(text: str, name: str) -> Iterator[Row]:
    """Each row that is not empty, with the line that it begins on."""
    # Python's own splitlines also breaks at characters that stand within cells.
    lines = list(io.StringIO(text, newline=""))
    if lines and lines[0].lower().startswith("sep="):
        # Excel writes and reads such a line.
        lines[0] = "\n"
    beginning = next((each for each in lines if each.strip()), "")
    reader = csv.reader(lines, delimiter=_delimiter(beginning), strict=True)
    while True:
        begun = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise ValueError(f"{name}:{begun}: {_says(error)}") from None
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield begun, row


def _delimiter(line: str) -> str:
    """What stands between the headings, outside of quotation marks."""
    outside = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _says(error: csv.Error) -> str:
    """What is wrong, in words that name what is allowed."""
    if "unexpected end" in str(error):
        return "a quotation mark here is never closed; allowed: one at either end of a cell"
    if "expected after" in str(error):
        return 'something stands after a closing quotation mark; allowed: "" for one within a cell'
    return "this line cannot be read; allowed: cells below 128 KB, with quotation marks in pairs"


def _columns(headings: Sequence[str], chosen: Mapping[str, tuple[str, ...]], place: str) -> Columns:
    """The columns by field. Raises ValueError where there are no addresses to be found."""
    if any("@" in heading for heading in headings):
        raise ValueError(f"{place}: an address stands here; allowed: a first line of headings, such as email")
    try:
        found = columns_of(headings, chosen)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
    if not found["email"]:
        there = ", ".join(f'"{heading}"' for heading in headings if heading.strip())
        raise ValueError(
            f"{place}: no heading is one of addresses; allowed: email, or a choice of one of these: {there}"
        )
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads rows under headings."""

    name: str
    headings: Sequence[str]
    columns: Columns

    def entry(self, line: int, row: Sequence[str]) -> ClientEntry | RefusedEntry:
        """The entry of a row, or everything that is wrong with it."""
        place = f"{self.name}:{line}"
        if any(cell.strip() for cell in row[len(self.headings) :]):
            problem = f"there are {len(row)} cells under {len(self.headings)} headings; is a quotation mark missing?"
            return RefusedEntry(place, problem)
        values, problems = self._values(row)
        if problems:
            return RefusedEntry(place, "; ".join(problems))
        return ClientEntry(place=place, **values)

    def _values(self, row: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
        """The fields of a row by name, and what is wrong with them."""
        id = self._one(row, "id") or None
        given, family, whole = (self._one(row, field) for field in ("given", "family", "name"))
        initials = "".join(self._one(row, "initials").replace(".", "").split())
        values: dict[str, Any] = {
            "addresses": tuple(self._all(row, "email")),
            "id": id,
            "initials": initials or initials_of(given, family, whole),
            "zone": self._one(row, "zone") or None,
            "region": self._region(row),
        }
        problems = []
        for field, understood, allowed in (
            ("language", language_tag, 'a language tag such as "en", or the name of a language'),
            ("auto_reply", auto_reply, "full, discreet or never"),
            ("active", yes_or_no, "yes or no"),
        ):
            text = self._one(row, field)
            values[field] = understood(text) if text else None
            if text and values[field] is None:
                heading = self.headings[self.columns[field][0]]
                problems.append(f'column "{heading}" is not understood; allowed: {allowed}')
        return values, problems

    def _region(self, row: Sequence[str]) -> str | None:
        """The region; an unknown one is refused by whoever checks it, unless it is part of an address."""
        if text := self._one(row, "region"):
            return country_code(text) or text
        codes = (country_code(each) for each in self._all(row, "home country"))
        return next((code for code in codes if code), None)

    def _all(self, row: Sequence[str], field: str) -> list[str]:
        """The values of a field."""
        cells = [row[index] for index in self.columns[field] if index < len(row)]
        return cleaned([value for cell in cells for value in cell.split(_BETWEEN_VALUES)])

    def _one(self, row: Sequence[str], field: str) -> str:
        """The first value of a field, "" where there is none."""
        return next(iter(self._all(row, field)), "")
