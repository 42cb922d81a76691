"""A figure with its aim, and the table that tells which were reached."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured. `least` or `most` is the gate; a figure with neither is for information."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the gate, if there is one, was passed."""
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    @property
    def is_gate(self) -> bool:
        """Whether it must be reached."""
        return self.least is not None or self.most is not None


def table_of(figures: Sequence[Figure]) -> str:
    """The figures in aligned columns: what, how much, the target, whether it was reached."""
    rows = [("what was measured", "value", "target", "reached"), *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _row(figure: Figure) -> tuple[str, str, str, str]:
    """One line of the table."""
    reached = ("yes" if figure.reached else "NO") if figure.is_gate else ""
    return figure.name, f"{_number(figure.value)} {figure.unit}".strip(), _target(figure), reached


def _target(figure: Figure) -> str:
    """The gate in words."""
    if figure.least is not None:
        return f">= {_number(figure.least)}"
    return f"< {_number(figure.most)}" if figure.most is not None else ""


def _number(value: float) -> str:
    """Three or four figures, never more than they are worth."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
