"""Phrases to a flag, erring to detect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.crisis_detection import CrisisPhrases
from boundary_plugins.data import crisis_phrases

ENGLISH = CrisisPhrases(crisis_phrases("en"))


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
    ],
)
def test_everyday_subjects_are_not_flagged(subject: str) -> None:
    """An alarm that always rings is not heard."""
    assert not ENGLISH.found_in(subject)


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


@pytest.mark.parametrize("phrase", crisis_phrases("en"))
def test_every_phrase_of_the_file_is_found(phrase: str) -> None:
    """No phrase hides another, whatever stands around it."""
    plain = phrase.rstrip("*")

    assert ENGLISH.found_in(plain)
    assert ENGLISH.found_in(f"Well: {plain.upper()}... (sorry)")


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
