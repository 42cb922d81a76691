"""What clients read in Spanish, French and German: whole texts, dates, hours, zones."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from boundary_plugins.core.response import ResponseFacts, Wording
from boundary_plugins.rendering import Renderer
from boundary_plugins.rendering.check import situations
from boundary_plugins.rendering.templates import languages
from builders import FACTS

OPENING = datetime(2026, 11, 30, 14, tzinfo=UTC)
NEW_YORK = "America/New_York"
RENDERER = Renderer(practice_name="Quiet Harbor", therapist_name="R. Example")
SPANISH = replace(FACTS, language="es", region="ES", zone="Europe/Madrid", practice_zone="Europe/Madrid")
FRENCH = replace(FACTS, language="fr", region="FR", zone="Europe/Paris", practice_zone="Europe/Paris")
GERMAN = replace(FACTS, language="de", region="DE", zone="Europe/Berlin", practice_zone="Europe/Berlin")


@pytest.mark.parametrize(
    "facts, subject, paragraphs",
    [
        (
            SPANISH,
            "Respuesta automática",
            [
                "Gracias por su mensaje. Ha llegado bien.",
                "En este momento no estoy leyendo mis mensajes. Estaré de vuelta el lunes 30 de noviembre a las 15:00 "
                "(hora de Madrid). Entonces leeré su mensaje y le responderé.",
                "Esta es una respuesta automática. Nadie supervisa este buzón.",
                "Si algo no puede esperar: llame a su número de emergencias local (112 en España), o llame al 024 a "
                "cualquier hora.",
            ],
        ),
        (
            FRENCH,
            "Réponse automatique",
            [
                "Merci pour votre message. Il est bien arrivé.",
                "Je ne lis pas mes messages en ce moment. Je serai de retour le lundi 30 novembre à 15\u00a0h "
                "(heure de Paris). Je lirai alors votre message et vous répondrai.",
                "Ceci est une réponse automatique. Cette boîte de réception n’est pas surveillée.",
                "Si quelque chose ne peut pas attendre\u00a0: appelez votre numéro d’urgence local (15 ou 112 en "
                "France), ou appelez le 3114, à toute heure.",
            ],
        ),
        (
            GERMAN,
            "Automatische Antwort",
            [
                "Vielen Dank für Ihre Nachricht. Sie ist angekommen.",
                "Ich lese meine Nachrichten im Moment nicht. Ich bin am Montag, 30. November, um 15:00\u00a0Uhr "
                "(Ortszeit Berlin) wieder da. Dann lese ich Ihre Nachricht und antworte Ihnen.",
                "Dies ist eine automatische Antwort. Dieses Postfach wird nicht überwacht.",
                "Wenn etwas nicht warten kann: Wählen Sie Ihre örtliche Notrufnummer (112 in Deutschland), oder "
                "rufen Sie jederzeit 0800 111 0 111 oder 116 123 an.",
            ],
        ),
    ],
    ids=["Spanish", "French", "German"],
)
def test_a_discreet_reply_reads_like_this(facts: ResponseFacts, subject: str, paragraphs: list[str]) -> None:
    """The default text, whole."""
    text = RENDERER.render(facts)

    assert subject == text.subject
    assert "\n\n".join(paragraphs) + "\n" == text.plain


@pytest.mark.parametrize(
    "facts, expected",
    [
        (SPANISH, "Un cordial saludo,\nR. Example\nQuiet Harbor\n"),
        (FRENCH, "Bien cordialement,\nR. Example\nQuiet Harbor\n"),
        (GERMAN, "Mit den besten Wünschen\nR. Example\nQuiet Harbor\n"),
    ],
)
def test_a_full_reply_is_signed(facts: ResponseFacts, expected: str) -> None:
    """As letters end in that language."""
    assert expected in RENDERER.render(replace(facts, wording=Wording.FULL, discreet=False)).plain


@pytest.mark.parametrize(
    "facts, opening, expected",
    [
        # One o'clock in the singular, on a clock of 24 hours and on one of 12.
        (SPANISH, datetime(2026, 12, 1, 0, 30, tzinfo=UTC), "el martes 1 de diciembre a la 1:30 (hora de"),
        (SPANISH, datetime(2026, 12, 1, 12, tzinfo=UTC), "el martes 1 de diciembre a las 13:00 (hora de"),
        (
            replace(SPANISH, region="US", zone=NEW_YORK, practice_zone=NEW_YORK),
            datetime(2026, 12, 1, 18, tzinfo=UTC),
            "el martes 1 de diciembre a la 1:00\u00a0p.m. (hora de Nueva York)",
        ),
        # The first of a month; a full hour, and another time.
        (FRENCH, datetime(2026, 12, 1, 8, tzinfo=UTC), "le mardi 1er décembre à 9\u00a0h (heure de Paris)"),
        (
            FRENCH,
            datetime(2026, 12, 11, 8, 30, tzinfo=UTC),
            "le vendredi 11 décembre à 9\u00a0h\u00a030 (heure",
        ),
        # Canadian and Swiss French do not differ in this.
        (
            replace(FRENCH, region="CH"),
            datetime(2026, 12, 1, 8, tzinfo=UTC),
            "le mardi 1er décembre à 9\u00a0h",
        ),
        (
            replace(FRENCH, region="CA"),
            datetime(2026, 12, 1, 8, tzinfo=UTC),
            "le mardi 1er décembre à 9\u00a0h",
        ),
        # The Austrian name of January.
        (replace(GERMAN, region="AT"), datetime(2027, 1, 4, 8, tzinfo=UTC), "am Montag, 4. Jänner, um 09:00"),
        (GERMAN, datetime(2027, 1, 4, 8, tzinfo=UTC), "am Montag, 4. Januar, um 09:00\u00a0Uhr (Ortszeit"),
    ],
)
def test_an_opening_is_told_as_people_there_write_it(
    facts: ResponseFacts, opening: datetime, expected: str
) -> None:
    """Dates and hours by language and region."""
    assert expected in RENDERER.render(replace(facts, next_opening_at=opening)).plain


@pytest.mark.parametrize(
    "facts, zone, expected",
    [
        # The same day.
        (SPANISH, "Europe/Madrid", "a las 15:00 (hora de Madrid; a las 9:00, hora de Nueva York)."),
        (FRENCH, "Europe/Paris", "à 15\u00a0h (heure de Paris\u00a0; 9\u00a0h, heure de New York)."),
        (
            GERMAN,
            "Europe/Berlin",
            "um 15:00\u00a0Uhr (Ortszeit Berlin; 09:00\u00a0Uhr Ortszeit New York) wieder",
        ),
        # Another day.
        (
            SPANISH,
            "Pacific/Auckland",
            "el martes 1 de diciembre a las 3:00 (hora de Auckland; lunes 30 de noviembre a las 9:00, hora de",
        ),
        (
            FRENCH,
            "Pacific/Auckland",
            "le mardi 1er décembre à 3\u00a0h (heure d’Auckland\u00a0; lundi 30 novembre à 9\u00a0h, heure de New",
        ),
        (
            GERMAN,
            "Pacific/Auckland",
            "am Dienstag, 1. Dezember, um 03:00\u00a0Uhr (Ortszeit Auckland; Montag, 30. November, 09:00\u00a0Uhr Ort",
        ),
        # Places with an article, and none at all.
        (FRENCH, "Africa/Cairo", "(heure du Caire\u00a0;"),
        (FRENCH, "America/Havana", "(heure de La Havane)"),
        (FRENCH, "Atlantic/Canary", "(heure des îles Canaries\u00a0;"),
        (SPANISH, "Atlantic/Azores", "(hora de las Azores;"),
        (FRENCH, "Etc/GMT+8", "(heure UTC-08:00\u00a0;"),
        (SPANISH, "UTC", "(hora UTC;"),
        (GERMAN, "UTC", "(UTC;"),
    ],
)
def test_both_clocks_are_told_where_they_differ(facts: ResponseFacts, zone: str, expected: str) -> None:
    """The client's zone, then the therapist's."""
    assert expected in RENDERER.render(replace(facts, zone=zone, practice_zone=NEW_YORK)).plain


@pytest.mark.parametrize(
    "facts, expected",
    [
        (SPANISH, "Tendrá mi respuesta a más tardar el martes 1 de diciembre (hora de Nueva York)."),
        (FRENCH, "Vous aurez ma réponse au plus tard le mardi 1er décembre (heure de New York)."),
        (GERMAN, "Sie erhalten meine Antwort spätestens am Dienstag, 1. Dezember (Ortszeit New York)."),
    ],
)
def test_a_day_that_is_promised_is_the_practices_own(facts: ResponseFacts, expected: str) -> None:
    """And where the clocks differ the text says so."""
    of = replace(
        facts, promised_by=date(2026, 12, 1), promises_next_opening=False, practice_zone="America/New_York"
    )

    assert expected in RENDERER.render(of).plain


@pytest.mark.parametrize(
    "facts, expected",
    [
        (SPANISH, "Estaré ausente hasta el lunes 30 de noviembre de 2026 a las 15:00 (hora de Madrid)."),
        (FRENCH, "Je ne serai pas là avant le lundi 30 novembre 2026 à 15\u00a0h (heure de Paris)."),
        (GERMAN, "Ich bin erst am Montag, 30. November 2026, um 15:00\u00a0Uhr (Ortszeit Berlin) wieder da."),
    ],
)
def test_a_long_absence_is_told_with_its_year(facts: ResponseFacts, expected: str) -> None:
    """Who reads it in six weeks must not wonder which November is meant."""
    assert expected in RENDERER.render(facts, as_of=OPENING - timedelta(weeks=6)).plain


def test_the_check_visits_every_situation() -> None:
    """Language, wording, region (none known included), promise, zone, opening and length of the absence."""
    seen = list(situations())

    facts = [situation.facts for situation in seen]
    assert languages() == {each.language for each in facts}
    for language in languages():
        of_one = [each for each in facts if each.language == language]
        assert set(Wording) == {each.wording for each in of_one}
        assert {"US", "DE", None} <= {each.region for each in of_one}
        assert {(True, False), (False, True), (False, False)} == {
            (each.promised_by is not None, each.promises_next_opening) for each in of_one
        }
        assert {True, False} == {each.zone == each.practice_zone for each in of_one}
        assert {True, False} == {each.next_opening_at is None for each in of_one}
    assert {True, False} == {situation.as_of is None for situation in seen}
