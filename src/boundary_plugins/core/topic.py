"""What a contact is about, by simple word rules over its Subject; the first rule that matches wins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from boundary_plugins.core.contact import Topic
from boundary_plugins.core.folding import phrases_expression, searchable


@dataclass(frozen=True, slots=True)
class TopicRule:
    """Words or phrases that tell one topic; a final `*` stands for any ending of the word."""

    topic: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopicRules:
    """Rules in order, as one callable from a decoded Subject to a topic."""

    rules: tuple[TopicRule, ...]
    _expressions: tuple[tuple[str, re.Pattern[str]], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make one expression of each rule, once."""
        object.__setattr__(self, "_expressions", tuple(_compiled(self.rules)))

    def __call__(self, subject: str) -> str:
        """The topic of the first rule that matches, else `unclassified`."""
        text = searchable(subject)
        for topic, expression in self._expressions:
            if expression.search(text):
                return topic
        return Topic.UNCLASSIFIED.value


def _compiled(rules: Iterable[TopicRule]) -> Iterable[tuple[str, re.Pattern[str]]]:
    """Each rule that has words, with its expression."""
    for rule in rules:
        expression = phrases_expression(rule.words)
        if expression is not None:
            yield rule.topic, expression
