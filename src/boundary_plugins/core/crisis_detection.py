"""Phrases to a flag: whether a Subject sounds like a crisis. It errs to detect."""

import re
from dataclasses import dataclass, field

from boundary_plugins.core.folding import phrases_expression, searchable


@dataclass(frozen=True, slots=True)
class CrisisPhrases:
    """The phrases that tell a crisis; the shell reads them from data and from the configuration.

    Compared at word boundaries without case, accents, apostrophes and punctuation; a final `*` stands
    for any ending of the word.
    """

    phrases: tuple[str, ...]
    _expression: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make one expression of all phrases, once."""
        object.__setattr__(self, "_expression", phrases_expression(self.phrases))

    def found_in(self, subject: str) -> bool:
        """Whether a decoded Subject holds one of the phrases."""
        return self._expression is not None and self._expression.search(searchable(subject)) is not None
