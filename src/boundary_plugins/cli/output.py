"""What commands print: tables and progress for people at a terminal, plain text and JSON for programs."""

import dataclasses
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from boundary_plugins.core.text import text_width

Item = TypeVar("Item")


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """JSON of values: instants as ISO 8601 in UTC ("2026-11-24T01:58:19Z"), durations in seconds."""
    return json.dumps(plain(value), ensure_ascii=False, indent=indent)


def print_json(value: Any) -> None:
    """Print one JSON value."""
    click.echo(json_text(value))


def plain(value: Any) -> Any:
    """The value in JSON's own kinds. Raises TypeError where there is no obvious form."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Path):
        return str(value)
    return _plain_many(value)


def _plain_many(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def utc_text(at: datetime) -> str:
    """An aware instant as ISO 8601 in UTC. Raises ValueError for a naive one."""
    if at.utcoffset() is None:
        raise ValueError("an instant needs its zone")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local_text(at: datetime, zone: str) -> str:
    """An instant as a person reads it in a zone: "Tue 24 Nov 2026, 09:00"."""
    return at.astimezone(ZoneInfo(zone)).strftime("%a %d %b %Y, %H:%M")


def minutes_text(seconds: int | None) -> str | None:
    """Time in minutes as a table shows it: "12", "12.5"; None stays none."""
    return None if seconds is None else f"{seconds / 60:.1f}".removesuffix(".0")


def number_of(number: int, noun: str) -> str:
    """A number with its noun: "1 message", "2 messages"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def folded(line: str, indent: int) -> str:
    """The line for the terminal it goes to, broken between words and indented from its second line on.

    Elsewhere than on a terminal a line stays one line.
    """
    columns = shutil.get_terminal_size().columns
    if not is_terminal() or len(line) <= columns:
        return line
    return textwrap.fill(
        line, columns, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )


def is_terminal() -> bool:
    """Whether standard output is a terminal that a person reads."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "Nothing.") -> None:
    """Print rows under heads: boxed on a terminal, aligned text elsewhere; `empty` if there are no rows.

    Heads that are all empty are left out.
    """
    cells = [[_clean(cell) for cell in row] for row in rows]
    if not cells:
        click.echo(empty)
    elif is_terminal():
        _print_boxed(heads, cells)
    else:
        for line in aligned([list(heads), *cells] if any(heads) else cells):
            click.echo(line)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines whose columns stand below each other, two spaces apart."""
    widths = [max(text_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(_padded(*pair) for pair in zip(row, widths, strict=True)).rstrip() for row in rows]


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - text_width(cell))


def _print_boxed(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.box import ROUNDED
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    widths = [max(text_width(row[column]) for row in [heads, *cells]) for column in range(len(heads))]
    # Where it does not fit, the room of the lines goes to the words.
    wide = sum(widths) + 3 * len(widths) + 1 > console.width
    table = Table(
        show_header=any(heads),
        header_style="bold",
        box=None if wide else ROUNDED,
        padding=(0, 1, 0, 0 if wide else 1),
    )
    words = [
        max((text_width(word) for cell in column for word in cell.split()), default=0)
        for column in zip(heads, *cells, strict=True)
    ]
    narrowed = _narrowed(widths, words, console.width - len(widths)) if wide else None
    for column, head in enumerate(heads):
        table.add_column(head, width=narrowed[column] if narrowed else None, overflow="fold")
    for row in cells:
        # A cell is text, never markup: "[red]" in it is shown as it is.
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def _narrowed(widths: Sequence[int], words: Sequence[int], room: int) -> list[int] | None:
    """Widths that fit into the room and break no word, taken from the widest; None where there are none."""
    if sum(words) > room:
        return None
    narrowed = list(widths)
    while sum(narrowed) > room:
        loose = [column for column, width in enumerate(narrowed) if width > words[column]]
        narrowed[max(loose, key=lambda column: narrowed[column])] -= 1
    return narrowed


def _clean(cell: object) -> str:
    """The cell as text."""
    if cell is None:
        return "—"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return without_controls(str(cell))


def without_controls(text: str) -> str:
    """The text without control characters, which could steer a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def progress(items: Iterable[Item], label: str, *, total: int | None = None) -> Iterator[Item]:
    """The items one by one, with a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, label, total=total, console=Console(stderr=True), transient=True)


def colours_are_wanted() -> bool:
    """Whether to colour: on a terminal, unless NO_COLOR (no-color.org) is set."""
    return is_terminal() and not os.environ.get("NO_COLOR")


def coloured(text: str, colour: str) -> str:
    """The text in a colour where colours are wanted, else as it is."""
    return click.style(text, fg=colour) if colours_are_wanted() else text
