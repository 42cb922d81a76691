"""Facts to texts: what a client reads."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.policy import SubjectForm
from boundary_plugins.core.response import ResponseFacts, Wording
from boundary_plugins.data.crisis_lines import crisis_region, crisis_regions
from boundary_plugins.rendering import RenderedText, Renderer, display_name, render
from builders import FACTS

OPENING = datetime(2026, 11, 30, 14, tzinfo=UTC)
NEW_YORK = "America/New_York"
RENDERER = Renderer(practice_name="Quiet Harbor", therapist_name="R. Example")
FULL = replace(FACTS, wording=Wording.FULL, discreet=False)
CRISIS = replace(FACTS, wording=Wording.CRISIS)
ABOUT_A_CRISIS = (Wording.CRISIS, Wording.RESOURCES_ONLY)
NOTICES = {
    "en": "This is an automatic reply. This mailbox is not monitored.",
    "es": "Esta es una respuesta automática. Nadie supervisa este buzón.",
    "fr": "Ceci est une réponse automatique. Cette boîte de réception n’est pas surveillée.",
    "de": "Dies ist eine automatische Antwort. Dieses Postfach wird nicht überwacht.",
}
NOTICE = NOTICES["en"]
HEADINGS = {
    "en": "If you need help now:",
    "es": "Si necesita ayuda ahora:",
    "fr": "Si vous avez besoin d’aide maintenant\u00a0:",
    "de": "Wenn Sie jetzt Hilfe brauchen:",
}

#: Written here anew, so that a word forgotten in the program is found all the same.
TELLING = (
    *("therap", "psycho", "psychia", "counsel", "practice", "practise", "clinic", "session", "client"),
    *("patient", "suicid", "crisis", "depress", "mental", "treatment", "diagnos"),
    *("terap", "sesi", "psico", "psiqui", "paciente", "consulta", "thérap", "séance", "cabinet", "psy"),
    *("praxis", "sitzung", "klient", "krise", "seelsorge", "beratung", "suizid"),
    *("quiet", "harbor", "example"),
)

zones = st.sampled_from(
    ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Etc/GMT+5"]
)
openings = st.none() | st.integers(0, 200_000).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=10 * minutes)
)


@st.composite
def facts(draw: st.DrawFn) -> ResponseFacts:
    """Any facts that the core may decide, and some that it would not."""
    wording = draw(st.sampled_from(Wording))
    return ResponseFacts(
        wording=wording,
        next_opening_at=draw(openings),
        promised_by=draw(st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1))),
        promises_next_opening=draw(st.booleans()),
        zone=draw(zones | st.just("Nowhere/Land")),
        practice_zone=draw(zones),
        language=draw(st.sampled_from(["en", "en-GB", "EN", "es", "es-MX", "fr", "fr-CA", "de-AT", "xx"])),
        region=draw(st.sampled_from([*crisis_regions(), "US-NY", "BR", None])),
        discreet=draw(st.booleans()) or wording in (Wording.DISCREET, Wording.NEUTRAL),
    )


def language_of(of: ResponseFacts) -> str:
    """The language that a text for these facts is in."""
    language = of.language[:2].lower()
    return language if language in NOTICES else "en"


class _Reader(HTMLParser):
    """Reads a page as a person does: the words of its body, and where its links lead."""

    def __init__(self) -> None:
        """Begin outside the body."""
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self._in_body = False
        self._link: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; an item begins with the mark it has in the plain text."""
        self.tags.add(tag)
        self._in_body = self._in_body or tag == "body"
        if tag == "li":
            self.words.append("- ")
        self._link = dict(attrs).get("href") if tag == "a" else self._link

    def handle_endtag(self, tag: str) -> None:
        """A link ends."""
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        """Words, and the link they stand in."""
        if self._in_body:
            self.words.append(data)
            if self._link:
                self.links.append((data, self._link))


def read(text: RenderedText) -> _Reader:
    """The HTML twin as a person reads it."""
    reader = _Reader()
    reader.feed(text.html)
    reader.close()
    return reader


def squeezed(text: str) -> str:
    """Without spaces and line breaks."""
    return "".join(text.split())


def test_a_discreet_reply_reads_like_this() -> None:
    """The default text, whole: this is what a shared inbox shows."""
    text = RENDERER.render(FACTS)

    assert "Automatic reply" == text.subject
    assert (
        "Thank you for your message. It has arrived.\n"
        "\n"
        "I am away from my messages now. I am back on Monday, November 30 at 9:00 AM (New York time). "
        "I will read your message and answer you then.\n"
        "\n"
        "This is an automatic reply. This mailbox is not monitored.\n"
        "\n"
        "If something cannot wait: call your local emergency number (911 in the USA), or call or text 988 at "
        "any hour.\n"
    ) == text.plain
    assert text.warning is None


def test_a_full_reply_is_signed_and_lists_the_lines() -> None:
    """Only a client who chose the full text reads names."""
    text = RENDERER.render(FULL).plain

    assert "With kind regards,\nR. Example\nQuiet Harbor\n" in text
    assert text.endswith(
        "If you need help now:\n"
        "- If anyone is in danger, call 911, or your local emergency number where you are.\n"
        "- 988 Suicide & Crisis Lifeline: call or text 988, or chat at 988lifeline.org, free, at any hour. "
        "Veterans can press 1.\n"
    )


def test_words_of_crisis_are_met_with_the_resources_first() -> None:
    """Then a few words, without fee, offer or promise."""
    text = RENDERER.render(replace(CRISIS, discreet=False)).plain

    assert text.startswith("If you need help now:\n- If anyone is in danger, call 911")
    assert "Please do not wait for me if you need someone now." in text
    assert "answer you" not in text
    assert text.rstrip().endswith(NOTICE)


@pytest.mark.parametrize(
    "changes, expected",
    [
        # The answer comes at the next opening.
        ({}, "I will read your message and answer you then."),
        # By a day.
        (
            {"promised_by": date(2026, 12, 1), "promises_next_opening": False},
            "You will have my answer by Tuesday, December 1.",
        ),
        # By a day that is the practice's own, and not the client's.
        (
            {"promised_by": date(2026, 12, 1), "promises_next_opening": False, "zone": "Asia/Tokyo"},
            "You will have my answer by Tuesday, December 1 (New York time).",
        ),
        # No opening is known.
        ({"next_opening_at": None}, "I will see your message when I am back. I will answer you then."),
    ],
)
def test_a_reply_says_what_is_promised(changes: dict[str, object], expected: str) -> None:
    """The next opening, a day, or when the therapist is back."""
    assert expected in RENDERER.render(replace(FACTS, **changes)).plain  # type: ignore[arg-type]


def test_no_promise_means_no_promise() -> None:
    """Where the practice promises nothing the text does not either."""
    text = RENDERER.render(replace(FACTS, promises_next_opening=False)).plain

    assert "answer" not in text
    assert "I am back on Monday, November 30" in text


@pytest.mark.parametrize(
    "region, zone, expected",
    [
        # Twelve hours, month first.
        ("US", NEW_YORK, "on Monday, November 30 at 9:00 AM (New York time)."),
        ("CA", "America/Toronto", "on Monday, November 30 at 9:00 a.m. (Toronto time)."),
        # Twelve hours, day first; the other clock is on another day.
        (
            "AU",
            "Australia/Sydney",
            "on Tuesday 1 December at 1:00 am (Sydney time), Monday 30 November at 9:00 am in New York.",
        ),
        (
            "NZ",
            "Pacific/Auckland",
            "on Tuesday 1 December at 3:00 am (Auckland time), Monday 30 November at 9:00 am in New York.",
        ),
        # Twenty-four hours.
        ("GB", "Europe/London", "on Monday 30 November at 14:00 (London time), 09:00 in New York."),
        ("DE", "Europe/Berlin", "on Monday 30 November at 15:00 (Berlin time), 09:00 in New York."),
        ("FR", "Europe/Paris", "on Monday 30 November at 15:00 (Paris time), 09:00 in New York."),
        # No region on file.
        (None, "UTC", "on Monday 30 November at 14:00 (UTC time), 09:00 in New York."),
        # A zone whose name says the opposite of its offset.
        ("US", "Etc/GMT+8", "on Monday, November 30 at 6:00 AM (UTC-08:00 time), 9:00 AM in New York."),
    ],
)
def test_an_opening_is_told_as_people_there_write_it(region: str | None, zone: str, expected: str) -> None:
    """In the client's zone, and in the therapist's where the clocks differ."""
    text = RENDERER.render(replace(FACTS, region=region, zone=zone)).plain

    assert expected in text


@pytest.mark.parametrize(
    "language, region, expected",
    [
        # The tag says the region where nothing else does (RFC 5646, section 2.2.4).
        ("en-US", None, "Monday, November 30 at 9:00 AM"),
        ("en-Latn-US", None, "Monday, November 30 at 9:00 AM"),
        ("en", None, "Monday 30 November at 09:00"),
        # What is on file goes before.
        ("en-US", "GB", "Monday 30 November at 09:00"),
        # A subdivision changes nothing.
        ("en", "US-NY", "Monday, November 30 at 9:00 AM"),
        # A language without texts gets English ones.
        ("fi-FI", None, "Monday 30 November at 9.00"),
    ],
)
def test_a_language_tag_may_tell_how_dates_are_written(
    language: str, region: str | None, expected: str
) -> None:
    """Dates and hours follow the region."""
    assert expected in RENDERER.render(replace(FACTS, language=language, region=region)).plain


@pytest.mark.parametrize(
    "opening, expected",
    [
        # The day of the change, before and after it, in New York (1 November 2026, 06:00 UTC).
        (datetime(2026, 11, 1, 5, tzinfo=UTC), "Sunday, November 1 at 1:00 AM"),
        (datetime(2026, 11, 1, 14, tzinfo=UTC), "Sunday, November 1 at 9:00 AM"),
        (datetime(2026, 3, 8, 13, tzinfo=UTC), "Sunday, March 8 at 9:00 AM"),
    ],
)
def test_the_clock_change_is_told_as_the_clock_shows_it(opening: datetime, expected: str) -> None:
    """The instant decides, not the number of hours between."""
    assert expected in RENDERER.render(replace(FACTS, next_opening_at=opening)).plain


@pytest.mark.parametrize(
    "away, expected",
    [
        # A weekend.
        (timedelta(days=2), "I am back on Monday, November 30 at"),
        # Five days are not yet long.
        (timedelta(days=5), "I am back on Monday, November 30 at"),
        # Six weeks.
        (timedelta(weeks=6), "I am away until Monday, November 30, 2026 at"),
    ],
)
def test_a_long_absence_is_told_with_its_year(away: timedelta, expected: str) -> None:
    """Who reads it in six weeks must not wonder which November is meant."""
    assert expected in RENDERER.render(FACTS, as_of=OPENING - away).plain


def test_a_renderer_that_was_asked_before_does_not_mix_up_long_and_short() -> None:
    """What is kept is kept for the same facts and the same absence."""
    short = RENDERER.render(FACTS, as_of=OPENING - timedelta(days=1))
    long = RENDERER.render(FACTS, as_of=OPENING - timedelta(days=30))
    again = RENDERER.render(FACTS, as_of=OPENING - timedelta(days=1))

    assert short == again
    assert short != long


@given(facts())
def test_every_text_has_its_resources_where_they_belong(of: ResponseFacts) -> None:
    """First after words of crisis, else last; and the notice in every one."""
    text = RENDERER.render(of)
    region = crisis_region(of.region)
    language = language_of(of)
    lines = [region.danger[language], *(line.says[language] for line in region.lines)]
    said = region.discreet[language] if of.discreet else "\n- ".join([HEADINGS[language], *lines])

    if of.wording in ABOUT_A_CRISIS:
        assert text.plain.startswith(said)
    else:
        assert text.plain.endswith(said + "\n")
    assert NOTICES[language] in text.plain
    assert text.warning is None


@given(facts())
def test_html_and_plain_text_say_the_same(of: ResponseFacts) -> None:
    """Word for word; and the HTML is simple, and asks for nothing from anywhere."""
    text = RENDERER.render(of)
    page = read(text)

    assert squeezed(text.plain) == squeezed("".join(page.words))
    assert page.tags <= {"html", "head", "meta", "title", "body", "p", "br", "ul", "li", "a"}
    assert language_of(of) == text.language
    assert f'<html lang="{text.language}">' in text.html
    assert "src=" not in text.html
    assert "url(" not in text.html


@given(facts())
def test_a_discreet_text_tells_nobody_what_it_is_about(of: ResponseFacts) -> None:
    """Neither the plain text, nor the HTML, nor the Subject, nor the name in From."""
    of = replace(of, discreet=True)
    text = RENDERER.render(of, subject_form=SubjectForm.ORIGINAL, original_subject="About my therapy")
    everything = f"{text.subject}\n{text.plain}\n{text.html}".casefold()

    assert [] == [word for word in TELLING if word in everything]
    assert RENDERER.display_name(of) is None


@given(facts())
def test_after_words_of_crisis_there_is_no_fee_no_offer_and_no_promise(of: ResponseFacts) -> None:
    """Whatever the policy promises otherwise."""
    of = replace(of, wording=Wording.CRISIS)
    body = RENDERER.render(of).plain.casefold()

    assert not re.search(r"\b(fee|fees|charge|cost|price|pay|invoice|offer|promise)\b", body)
    assert not re.search(r"\bi will\b|\bmy answer\b", body)
    assert not re.search(r"responderé|mi respuesta|honorario|répondr|ma réponse|antworte|meine antwort", body)


@given(facts())
def test_no_text_shouts_or_pretends(of: ResponseFacts) -> None:
    """No exclamation marks, and nothing that watches."""
    text = RENDERER.render(of).plain

    assert "!" not in text
    watching = ("monitored", "supervisa", "surveillée", "überwacht")
    assert 1 == sum(text.count(word) for word in watching)
    assert "\u202f" not in text


def test_links_lead_where_they_say() -> None:
    """A number is dialled, an address opened."""
    links = read(RENDERER.render(replace(FULL, region="AU"))).links

    assert ("000", "tel:000") in links
    assert ("13 11 14", "tel:131114") in links
    assert ("0477 13 11 14", "sms:0477131114") in links


def test_an_hour_is_no_number_to_call() -> None:
    """15 is the ambulance in France, and the hour of this opening."""
    links = read(RENDERER.render(replace(FACTS, region="FR", zone="Europe/Paris"))).links

    assert 1 == [shown for shown, _ in links].count("15")


def test_names_are_escaped_and_stay_in_their_line() -> None:
    """A name is text, whatever it holds."""
    renderer = Renderer(practice_name="A & B <br>\r\nBcc: x", therapist_name="R.\u202eE")

    text = renderer.render(FULL)

    assert "A & B <br> Bcc: x" in text.plain
    assert "A &amp; B &lt;br&gt; Bcc: x" in text.html
    assert "R.E" == renderer.display_name(FULL)


@pytest.mark.parametrize(
    "subject, expected",
    [
        # As it was.
        ("Next Thursday", "Auto: Next Thursday"),
        # Folded, with control characters: one line, and nothing that starts a header.
        ("Next\r\n Thursday\x00\x07", "Auto: Next Thursday"),
        ("Hello\r\nBcc: victim@example.net", "Auto: Hello Bcc: victim@example.net"),
        # Marks that turn the direction of what follows.
        ("a\u202eb\u2066c", "Auto: abc"),
        # Another script.
        ("Überweisung für März", "Auto: Überweisung für März"),
        # Nothing to repeat.
        ("", "Automatic reply"),
        ("\r\n", "Automatic reply"),
        (None, "Automatic reply"),
    ],
)
def test_rfc3834_section_3_1_5_the_original_subject_follows_auto(subject: str | None, expected: str) -> None:
    """Only where the policy says so, in one clean line."""
    text = RENDERER.render(FULL, subject_form=SubjectForm.ORIGINAL, original_subject=subject)

    assert expected == text.subject


def test_a_long_subject_is_cut() -> None:
    """RFC 3834, section 3.1.5: repeating must not grow without bound."""
    text = RENDERER.render(FULL, subject_form=SubjectForm.ORIGINAL, original_subject="word " * 1000)

    assert 150 >= len(text.subject)
    assert text.subject.endswith("...")


@given(st.text(max_size=300), facts())
def test_any_subject_gives_one_printable_line(subject: str, of: ResponseFacts) -> None:
    """A Subject comes from anybody."""
    text = RENDERER.render(of, subject_form=SubjectForm.ORIGINAL, original_subject=subject)

    assert text.subject.splitlines() == [text.subject]
    assert 150 >= len(text.subject)
    text.subject.encode()


@pytest.mark.parametrize("wording", ABOUT_A_CRISIS)
def test_words_of_crisis_are_not_repeated_in_a_subject(wording: Wording) -> None:
    """A notification on a locked screen shows the Subject."""
    of = replace(FULL, wording=wording)

    text = RENDERER.render(of, subject_form=SubjectForm.ORIGINAL, original_subject="I want to die")

    assert "Automatic reply" == text.subject


def test_a_discreet_text_repeats_a_subject_only_where_it_tells_nothing() -> None:
    """The Subject alone would undo the discretion of the text."""
    harmless = RENDERER.render(FACTS, subject_form=SubjectForm.ORIGINAL, original_subject="Next Thursday")
    telling = RENDERER.render(FACTS, subject_form=SubjectForm.ORIGINAL, original_subject="Our next session")
    named = RENDERER.render(FACTS, subject_form=SubjectForm.ORIGINAL, original_subject="To quiet  harbor")

    assert "Auto: Next Thursday" == harmless.subject
    assert "Automatic reply" == telling.subject
    assert "Automatic reply" == named.subject


@pytest.mark.parametrize(
    "of, expected",
    [
        # The full text says who writes.
        (FULL, "R. Example"),
        # So does a full text after words of crisis.
        (replace(CRISIS, discreet=False), "R. Example"),
        # The others do not.
        (FACTS, None),
        (CRISIS, None),
        (replace(FACTS, wording=Wording.NEUTRAL), None),
        (replace(FACTS, wording=Wording.RESOURCES_ONLY), None),
    ],
)
def test_the_name_in_from_is_as_discreet_as_the_text(of: ResponseFacts, expected: str | None) -> None:
    """A name beside the address is read before anything else."""
    assert expected == display_name(of, practice_name="Quiet Harbor", therapist_name="R. Example")


def test_the_practice_stands_in_for_a_therapist_without_a_name() -> None:
    """And nothing does where neither has one."""
    assert "Quiet Harbor" == display_name(FULL, practice_name="Quiet Harbor", therapist_name="")
    assert display_name(FULL, practice_name="", therapist_name="") is None
    assert (
        "With kind regards,\nQuiet Harbor\n"
        in render(FULL, practice_name="Quiet Harbor", therapist_name="").plain
    )


def test_the_same_facts_give_the_same_object() -> None:
    """Every client of one closed window costs one text."""
    assert RENDERER.render(FACTS) is RENDERER.render(replace(FACTS))


@pytest.mark.parametrize("wording", Wording)
def test_a_text_reads_well_at_grade_seven(wording: Wording) -> None:
    """Flesch-Kincaid, over the sentences without the opening's own date."""
    text = RENDERER.render(replace(FACTS, wording=wording, next_opening_at=None)).plain
    sentences = [part for part in re.split(r"[.:]\s", text) if part.strip()]
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e")))) for word in words)

    grade = 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59

    assert 7 >= grade
