"""What tells crises and topics apart: the program's data, the configuration's words, the plugins' rules."""

from collections.abc import Iterable

from boundary_plugins.config.schema import Config
from boundary_plugins.core.circumstances import SuppressionRule
from boundary_plugins.core.crisis_detection import CrisisPhrases
from boundary_plugins.core.decision import Classification
from boundary_plugins.core.topic import TopicRule, TopicRules
from boundary_plugins.data import crisis_phrases, topic_words


def classification_for(
    config: Config, rules: Iterable[SuppressionRule] = (), topics: Iterable[TopicRule] = ()
) -> Classification:
    """The configuration's topics come first, then the plugins', then the program's own."""
    configured = [TopicRule(topic.topic, topic.words) for topic in config.topics]
    return Classification(
        crisis=CrisisPhrases(crisis_phrases()),
        topic=TopicRules((*configured, *topics, *topic_words())),
        practice_rules=tuple(rules),
    )
