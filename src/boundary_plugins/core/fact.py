"""A fact that a provider could not give is *unknown*, which is neither present nor absent."""

from enum import Enum
from typing import Final, Literal


class Unknown(Enum):
    """The type of the one value `UNKNOWN`; type checkers narrow on `is UNKNOWN`."""

    UNKNOWN = "unknown"


UNKNOWN: Final[Literal[Unknown.UNKNOWN]] = Unknown.UNKNOWN
