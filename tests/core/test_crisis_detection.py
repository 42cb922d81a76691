"""Phrases to a flag, erring to detect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.crisis_detection import CrisisPhrases
from boundary_plugins.data import crisis_phrases

ENGLISH = CrisisPhrases(crisis_phrases("en"))
EVERY = CrisisPhrases(crisis_phrases())
OTHERS = ("es", "fr", "de")


#: Words of ordinary mail that a phrase of another language could be, once its accents are gone.
COMMON = (
    "a about adapt after all am are as at bad be bout but can case come crime date day die do ease end ever "
    "fall fine for free gift had has have he help her here him his hot in is it large last me mine mort most "
    "my need not note of on or our pain past plan see she so tell tent the this to told tot was we will with"
)


@pytest.mark.parametrize(
    "subject",
    [
        "I want to die",
        "i WANT to DIE!!!",
        "I can't go on, I want to die",
        "I can’t go on",
        "I cant go on",
        "I can`t go on",
        "I cannot go on",
        "thinking about suicide",
        "feeling suicidal again",
        "Suïcidal",
        "self-harm",
        "self harming again",
        "selfharm",
        "killing  myself",
        "kill\tmyself",
        "KILL MYSELFFF",
        "I want to dieeee",
        "I wanna die :(",
        "everyone is better off without me",
        "don’t want to wake up",
        "I don't want to be here anymore",
        "goodbye forever",
        "Re: kms",
        "unalive",
        "please help",
        "EMERGENCY",
        "urgent - please call me now",
        "took too many pills",
        "I took pills",
        "he hit me",
        "I feel hopeless",
        "“end it all”",
        "ending my life",
        "in the ER",
        "I'm not safe",
        "overdosed last night",
    ],
)
def test_what_sounds_like_a_crisis_is_flagged(subject: str) -> None:
    """Case, accents, apostrophes, hyphens, spaces and dragged letters change nothing."""
    assert ENGLISH.found_in(subject)
    assert EVERY.found_in(subject)


@pytest.mark.parametrize(
    "subject",
    [
        # Spanish, with accents and without, usted and tú.
        "Quiero morir",
        "ya no quiero vivir así",
        "NO AGUANTO MÁS",
        "no puedo mas",
        "pienso en el suicidio",
        "Estarían mejor sin mí",
        "Me hago daño otra vez",
        "Por favor, ayúdeme",
        "Urgente",
        "¡Socorro!",
        "Es una emergencia",
        "estoy desesperada",
        # French, with both apostrophes, hyphens, vous and tu.
        "J’en peux plus",
        "je n'en peux plus",
        "Envie de mourir",
        "je veux en finir",
        "idées suicidaires",
        "Aidez-moi",
        "Au secours !",
        "URGENCE",
        "Je me scarifie de nouveau",
        "Je suis désespérée",
        "je suis un fardeau pour tous",
        # German, in both spellings of its umlauts.
        "Ich will sterben",
        "ich moechte nicht mehr leben",
        "Ich möchte nicht mehr leben",
        "Ich kann nicht mehr",
        "Selbstmordgedanken",
        "Suizid",
        "Habe mich wieder geritzt",
        "DRINGEND: bitte rufen Sie mich sofort an",
        "Ein Notfall",
        "Ich bin verzweifelt",
        "Lebensmuede",
    ],
)
def test_what_sounds_like_a_crisis_in_another_language_is_flagged(subject: str) -> None:
    """Whatever the practice's language is."""
    assert EVERY.found_in(subject)
    assert CrisisPhrases(crisis_phrases(*OTHERS)).found_in(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "A question about last time",
        "Can we reschedule Thursday?",
        "My homework for this week",
        "Invoice 2026-11",
        "Diet plan",
        "My diary",
        "Studies",
        "Thank you",
        "See you later",
        "Skills worksheet",
        "Re: Our appointment",
        "I'm done with the homework",
        "No future appointments on the portal",
        "Will and testament reading group",
        "Out of office hours question",
        "",
        "   ",
        # English words that look like words of the other languages.
        "A bout of flu",
        "Termination of our lease",
        "The murals we mentioned",
        "Not in today",
        "Die cast models",
        "Notes on the fall of the mark",
        "Panic! at the Disco tickets",
        # Spanish.
        "Una pregunta sobre la última vez",
        "¿Podemos cambiar la cita del jueves?",
        "Ya no puedo el jueves",
        "Mi tarea de esta semana",
        "Factura de octubre",
        "Sobre mi último correo",
        "Gracias por todo",
        # French.
        "Une question sur la dernière fois",
        "Je ne peux plus venir jeudi",
        "Votre dernier message",
        "Annulation de notre rendez-vous",
        "Mes devoirs de la semaine",
        "Facture d'octobre",
        "Je suis en retard",
        # German.
        "Eine Frage zum letzten Mal",
        "Können wir den Termin verschieben?",
        "Am Ende der Woche",
        "Ihre letzte Nachricht",
        "Meine Hausaufgabe für diese Woche",
        "Rechnung Oktober",
        "Ich komme später",
    ],
)
def test_everyday_subjects_are_not_flagged(subject: str) -> None:
    """An alarm that always rings is not heard."""
    assert not EVERY.found_in(subject)


@pytest.mark.parametrize(
    "phrases, subject, expected",
    [
        # At word boundaries only, unless a star allows any ending.
        (("die",), "diet", False),
        (("die",), "to die, or not", True),
        (("die*",), "diet", True),
        (("die",), "indie", False),
        (("die", "die hard", "dies*"), "die hard", True),
        (("die hard",), "die harder", False),
        # Other scripts, accents in the phrase itself.
        (("umbringen", "möchte sterben"), "Ich MÖCHTE sterben", True),
        (("möchte sterben",), "mochte sterben", True),
        # Nothing to look for.
        ((), "I want to die", False),
        (("", " ", "*"), "anything", False),
    ],
)
def test_phrases_are_values_that_the_shell_gives(
    phrases: tuple[str, ...], subject: str, expected: bool
) -> None:
    """A practice adds its own."""
    assert expected is CrisisPhrases(phrases).found_in(subject)


@pytest.mark.parametrize("phrase", crisis_phrases())
def test_every_phrase_of_the_files_is_found(phrase: str) -> None:
    """No phrase hides another, whatever stands around it."""
    plain = phrase.rstrip("*")

    assert EVERY.found_in(plain)
    assert EVERY.found_in(f"Well: {plain.upper()}... (sorry)")


@pytest.mark.parametrize("language", OTHERS)
def test_a_phrase_of_another_language_is_no_common_word_of_english(language: str) -> None:
    """A short single word would be found where nobody meant it."""
    phrases = {phrase.rstrip("*") for phrase in crisis_phrases(language)}

    assert frozenset() == phrases & frozenset(COMMON.split())
    assert all(len(phrase) > 3 for phrase in phrases)


@given(
    st.lists(st.text(st.sampled_from("ab *"), min_size=1, max_size=6), max_size=5),
    st.text(st.sampled_from("ab "), max_size=12),
)
def test_the_one_expression_finds_what_a_plain_search_finds(phrases: list[str], subject: str) -> None:
    """Against a naive oracle."""
    words = f" {' '.join(subject.split())} "
    expected = False
    for phrase in phrases:
        text = " ".join(phrase.replace("*", " ").split())
        if text:
            end = "" if phrase.rstrip().endswith("*") else " "
            expected = expected or f" {text}{end}" in words

    # Dragged letters are one thing more, tested above.
    if not any(letter * 3 in subject + " ".join(phrases) for letter in "ab"):
        assert expected is CrisisPhrases(tuple(phrases)).found_in(subject)


@given(st.text(max_size=80))
def test_no_subject_raises(subject: str) -> None:
    """Whatever a client writes."""
    ENGLISH.found_in(subject)
