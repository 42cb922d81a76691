"""What a contact is about, by simple word rules."""

import pytest

from boundary_plugins.core.topic import TopicRule, TopicRules
from boundary_plugins.data import topic_words

TOPICS = TopicRules(topic_words())


@pytest.mark.parametrize(
    "subject, expected",
    [
        ("Can we reschedule Thursday?", "scheduling"),
        ("Re: RESCHEDULING", "scheduling"),
        ("I can't make it tomorrow", "scheduling"),
        ("I can’t make it", "scheduling"),
        ("Appointment next week", "scheduling"),
        ("running late", "scheduling"),
        ("My homework for this week", "homework"),
        ("thought-record attached", "homework"),
        ("Invoice for October", "billing"),
        ("Superbill please", "billing"),
        ("Insurance question", "billing"),
        # The first rule that matches wins.
        ("Invoice for our appointment", "billing"),
        ("Homework for Thursday's appointment", "homework"),
        # Spanish, French and German, with accents and without.
        ("¿Podemos cambiar la hora?", "scheduling"),
        ("Cancelación de la cita del martes", "scheduling"),
        ("Mi tarea de esta semana", "homework"),
        ("Factura de octubre", "billing"),
        ("Mon rendez-vous de jeudi", "scheduling"),
        ("Annulation", "scheduling"),
        ("Peut-on changer l’heure ?", "scheduling"),
        ("Mes devoirs", "homework"),
        ("Facture et mutuelle", "billing"),
        ("Termin verschieben", "scheduling"),
        ("Terminabsage für morgen", "scheduling"),
        ("Verspätung", "scheduling"),
        ("Verspaetung heute", "scheduling"),
        ("Übung für Donnerstag", "homework"),
        ("Hausaufgaben", "homework"),
        ("Rechnung für unseren Termin", "billing"),
        # English words that begin like words of these languages.
        ("Termination letter", "unclassified"),
        ("A citation for you", "unclassified"),
        ("The tariff question", "unclassified"),
        ("An honorary degree", "unclassified"),
        ("A precious moment", "unclassified"),
        ("The report of the reporter", "unclassified"),
        ("Thank you for your help", "unclassified"),
        ("A question about last time", "unclassified"),
        ("", "unclassified"),
        ("Billy is here", "unclassified"),
    ],
)
def test_the_first_rule_that_matches_tells_the_topic(subject: str, expected: str) -> None:
    """Words of a Subject, in any case."""
    assert expected == TOPICS(subject)


def test_a_practices_rules_come_first() -> None:
    """As the configuration's [[topics]]."""
    rules = TopicRules((TopicRule("pigeons", ("pigeon*",)), TopicRule("nothing", ()), *topic_words()))

    assert rules("Pigeons about our appointment") == "pigeons"
    assert rules("About our appointment") == "scheduling"
