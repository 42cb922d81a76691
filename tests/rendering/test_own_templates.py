"""A practice's own templates: they may choose the words, and can do nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.response import Wording
from boundary_plugins.data.crisis_lines import crisis_region
from boundary_plugins.rendering import Renderer, check_templates
from boundary_plugins.rendering.check import languages_left_out
from boundary_plugins.rendering.refusals import refusal
from boundary_plugins.rendering.sandbox import UnusableTemplateError, compiled, filled
from boundary_plugins.rendering.templates import VALUES, OwnTemplate, file_name
from builders import FACTS as DISCREET

FACTS = replace(DISCREET, wording=Wording.FULL, discreet=False)
CRISIS = replace(FACTS, wording=Wording.CRISIS)
NOTICE = "This is an automatic reply. This mailbox is not monitored."


def written(folder: Path, wording: Wording, text: str | bytes, language: str = "en") -> Renderer:
    """A renderer whose practice wrote one text of its own."""
    path = folder / language / file_name(wording)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Renderer(practice_name="Quiet Harbor", therapist_name="R. Example", template_directory=folder)


#: Each would read, run, grow or hide something, if it could.
HOSTILE = {
    "attributes": "{{ when.__class__.__mro__ }}",
    "attributes through a filter": "{{ when|attr('__class__') }}",
    "items": "{{ when['__class__'] }}",
    "a call": "{{ when.format() }}",
    "a format string": "{{ '{0.__class__}'.format(when) }}",
    "a global": "{{ lipsum.__globals__ }}",
    "a namespace": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "the context": "{{ self }}",
    "a loop": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a loop over a text": "{% for a in when %}{{ a }}{% endfor %}",
    "a long text by multiplication": "{{ 'x' * 999999999 }}",
    "a large number": "{{ 9 ** 9 ** 9 }}",
    "padding by a filter": "{{ 'x'|center(999999999) }}",
    "padding by formatting": "{{ '%999999999d' % 1 }}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "an include": "{% include '/etc/passwd' %}",
    "an import": "{% import 'when.txt' as w %}",
    "an extension": "{% extends 'full.txt' %}",
    "a block": "{% block a %}x{% endblock %}",
    "a variable of its own": "{% set a = when %}{{ a }}",
    "a filter block": "{% filter upper %}x{% endfilter %}",
    "deep nesting": "{% if when %}" * 400 + "x" + "{% endif %}" * 400,
    "deep brackets": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "too long a source": "word " * 10_000,
    "an unknown value": "Hello {{ client_name }}",
    "a broken tag": "{% if %}",
    "an open tag": "Hello {{ when",
    "nothing": "  \n\n",
    "nothing but a comment": "{# nothing #}",
    "not UTF-8": b"\xff\xfe\x00",
    "a NUL": "Hello\x00",
    "an escape sequence": "Hello\x1b[8m",
    "text that runs backwards": "Hello \u202e",
    "an open comment of HTML": "Hello <!--",
    "an open comment, raw": "{% raw %}Hello <!-- {{ {% endraw %}",
    "hidden by style": '<div style="display:none">',
    "a style sheet": "<style>ul{display:none}</style>",
    "a picture from elsewhere": '<img src="https://example.net/x.gif">',
    "the mark of a signature": "Hello\n-- \nR. Example",
    "the mark of a quotation": "Hello\n> and what follows",
    "the mark of an earlier message": "Hello\n\nOn Monday A. B. wrote:\n",
    "the mark of a forwarded message": "Hello\n-----Original Message-----\n",
    "a ruler": "Hello\n________________________________\n",
    "headers of an earlier message": "Hello\nFrom: A. B.\nSent: today\n",
    "many lines": "Hello\n" + ".\n" * 100,
    "many words": "Hello " * 1000,
    "somebody who watches": "My team monitors this mailbox day and night.",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("wording", [Wording.FULL, Wording.CRISIS])
def test_a_hostile_template_is_replaced_by_the_built_in_text_and_told(
    tmp_path: Path, text: str | bytes, wording: Wording
) -> None:
    """The client gets the ordinary text with its resources; the therapist a warning."""
    of = replace(FACTS, wording=wording)
    expected = Renderer(practice_name="Quiet Harbor", therapist_name="R. Example").render(of)

    found = written(tmp_path, wording, text).render(of)

    assert found.warning is not None
    assert found.warning.startswith(f"en/{file_name(wording)}")
    assert expected == replace(found, warning=None)


def test_a_template_of_ones_own_chooses_the_words(tmp_path: Path) -> None:
    """Text, values and `if`; the program adds the rest."""
    source = (
        "Dear friend,\n\n{% if opening is not none and not long_absence %}I am back on {{ opening }}."
        "{% else %}I am away.{% endif %}\n\n- one\n- two\n\n{{ therapist_name }}\n"
    )

    text = written(tmp_path, Wording.FULL, source).render(FACTS)

    assert text.warning is None
    assert text.plain.startswith(
        "Dear friend,\n\nI am back on Monday, November 30 at 9:00 AM (New York time).\n\n"
        "- one\n- two\n\nR. Example\n"
    )
    assert f"{NOTICE}\n\nIf you need help now:\n" in text.plain
    assert "<ul>\n<li>one</li>\n<li>two</li>\n</ul>" in text.html


def test_raw_text_stays_text(tmp_path: Path) -> None:
    """`{% raw %}` is no way around anything."""
    text = written(tmp_path, Wording.FULL, "{% raw %}Braces {{ so }} are words.{% endraw %}").render(FACTS)

    assert text.warning is None
    assert text.plain.startswith("Braces {{ so }} are words.\n")


def test_a_template_for_one_wording_leaves_the_others(tmp_path: Path) -> None:
    """A folder need not be complete."""
    renderer = written(tmp_path, Wording.FULL, "Away.")

    assert renderer.render(DISCREET).plain.startswith("Thank you for your message.")
    assert renderer.render(FACTS).plain.startswith("Away.")


@pytest.mark.parametrize(
    "text",
    [
        # The name of the practice, in other letters and spacing.
        "Greetings from QUIET\nHarbor.",
        # The therapist's own.
        "Yours, R. Example",
        # The work.
        "Your therapist is away.",
        "My practice is closed.",
        "We can talk in our next session.",
        "To all clients.",
        "Counselling resumes soon.",
        # Values that a discreet text does not get.
        "{{ practice_name }}",
        "{{ therapist_name }}",
    ],
)
def test_a_discreet_template_that_tells_is_not_sent(tmp_path: Path, text: str) -> None:
    """Inboxes are shared."""
    found = written(tmp_path, Wording.DISCREET, text).render(DISCREET)

    assert found.warning is not None
    assert "harbor" not in found.plain.casefold()
    assert "harbor" not in (found.warning or "").casefold()
    assert found.plain.startswith("Thank you for your message.")


def test_a_crisis_template_with_a_name_is_not_sent_where_it_must_be_discreet(tmp_path: Path) -> None:
    """The same file serves both; where the name is missing the built-in text goes."""
    renderer = written(tmp_path, Wording.CRISIS, "Please do not wait for me.\n\n{{ therapist_name }}")

    open_text = renderer.render(CRISIS)
    discreet_text = renderer.render(replace(CRISIS, discreet=True))

    assert open_text.warning is None
    assert "R. Example" in open_text.plain
    assert discreet_text.warning is not None
    assert "R. Example" not in discreet_text.plain


@pytest.mark.parametrize(
    "text",
    [
        # Money.
        "A call outside my hours costs $40.",
        "There is no fee for this.",
        "I will not charge you.",
        # An offer, a promise.
        "I can call you back tonight.",
        "I'll answer you soon.",
        "I promise to be here.",
        "I will get back to you.",
        # Values that a text about a crisis does not get.
        "{{ when }}",
        "{% if promise_day %}x{% endif %}Hello",
    ],
)
def test_a_crisis_template_with_a_fee_an_offer_or_a_promise_is_not_sent(tmp_path: Path, text: str) -> None:
    """Somebody in need must not weigh money, or wait."""
    found = written(tmp_path, Wording.CRISIS, text).render(CRISIS)

    assert found.warning is not None
    assert found.plain.startswith("If you need help now:")


@given(st.text(max_size=400))
def test_no_text_of_a_practice_costs_the_resources(text: str) -> None:
    """Whatever passes for a text, the frame around it holds, and it is the frame's that is last."""
    if refusal(text, FACTS, (), "en") is not None:
        return
    source = text.replace("{", "(")
    renderer = Renderer(practice_name="", therapist_name="")
    renderer._own["en", Wording.FULL] = OwnTemplate("en/full.txt", compiled(source, frozenset()), None)

    found = renderer.render(FACTS)

    last = crisis_region("US").lines[-1].says["en"]
    assert found.plain.endswith(f"\n- {last}\n")
    assert found.html.count("<!--") == 0
    assert found.html.count("</ul>") == found.html.count("<ul>")


PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        " if ",
        " endif ",
        " else ",
        " for ",
        " in ",
        "when",
        "opening",
        "is none",
        " * 99999 ",
        ".x",
        "|upper",
        "()",
        "[0]",
        "'a'",
        "9 ** 9",
        "raw",
        "endraw",
        "\n",
        "\n\n",
        "-- ",
        "> ",
        "<b>",
        "a",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_template_does_more_than_fill_in_words(source: str) -> None:
    """Any text at all: it is refused, or gives no more than the values it asks for."""
    try:
        text = filled(compiled(source, frozenset({"when", "opening"})), {"when": "w" * 50, "opening": None})
    except UnusableTemplateError:
        return

    assert len(source) * 50 >= len(text)


def test_a_template_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder where a file should be."""
    (tmp_path / "en" / "full.txt").mkdir(parents=True)
    renderer = Renderer(practice_name="Q", therapist_name="R", template_directory=tmp_path)

    assert "en/full.txt: it cannot be read; the built-in text is used" == renderer.render(FACTS).warning


def test_a_warning_names_the_line_and_none_of_the_words(tmp_path: Path) -> None:
    """A warning is logged, and a text may hold anything."""
    found = written(tmp_path, Wording.FULL, "One\ntwo\n{{ secret_word }}\n").render(FACTS)

    assert (found.warning or "").startswith(
        "en/full.txt:3: it asks for a value that is not there; there are: "
    )
    assert "secret_word" not in (found.warning or "")


def test_the_check_finds_nothing_in_what_ships() -> None:
    """Every wording in every situation."""
    assert [] == check_templates()


def test_the_check_finds_what_only_some_situations_show(tmp_path: Path) -> None:
    """A text that is right while an opening is known, and empty where none is."""
    written(tmp_path, Wording.DISCREET, "{% if opening %}Back on {{ opening }}.{% endif %}")

    assert ["en/discreet.txt: it is empty; the built-in text is used"] == check_templates(tmp_path)


@pytest.mark.parametrize(
    "language, wording, text, reason",
    [
        # What betrays the work, in a discreet text, also where another language's word stands in it.
        ("es", Wording.DISCREET, "Nos vemos en la próxima sesión.", "names the practice"),
        ("es", Wording.DISCREET, "Su terapeuta no está.", "names the practice"),
        ("fr", Wording.DISCREET, "À notre prochaine séance.", "names the practice"),
        ("fr", Wording.DISCREET, "Le cabinet est fermé.", "names the practice"),
        ("fr", Wording.DISCREET, "Votre the\u0301rapeute est en congé.", "names the practice"),
        ("de", Wording.DISCREET, "Die Praxis ist geschlossen.", "names the practice"),
        ("de", Wording.NEUTRAL, "Bis zu unserer Sitzung.", "names the practice"),
        ("en", Wording.DISCREET, "Thank you. Gracias, su psicóloga.", "names the practice"),
        # Money, an offer, a promise after words of crisis.
        ("es", Wording.CRISIS, "Una llamada cuesta 40 euros.", "speaks of money"),
        ("es", Wording.CRISIS, "Le responderé pronto.", "offers or promises"),
        ("es", Wording.CRISIS, "Puedo llamarle esta noche.", "offers or promises"),
        ("fr", Wording.CRISIS, "Cet appel est sans frais.", "speaks of money"),
        ("fr", Wording.CRISIS, "Je vous répondrai bientôt.", "offers or promises"),
        ("fr", Wording.CRISIS, "Je peux vous rappeler ce soir.", "offers or promises"),
        ("de", Wording.CRISIS, "Ein Anruf ist kostenlos.", "speaks of money"),
        ("de", Wording.CRISIS, "Ich melde mich bald.", "offers or promises"),
        ("de", Wording.CRISIS, "Ich werde Sie heute Abend anrufen.", "offers or promises"),
        # Somebody who watches.
        ("es", Wording.FULL, "Mi equipo vigila este buzón día y noche.", "watches the mailbox"),
        ("fr", Wording.FULL, "Mon équipe surveille cette boîte jour et nuit.", "watches the mailbox"),
        ("de", Wording.FULL, "Mein Team überwacht dieses Postfach Tag und Nacht.", "watches the mailbox"),
        # What a mail program of that language folds away.
        ("es", Wording.FULL, "Hola\n\nEl lunes, A. B. escribió:\n", "fold away"),
        ("fr", Wording.FULL, "Bonjour\n-----Message d'origine-----\n", "fold away"),
        ("de", Wording.FULL, "Guten Tag\nVon: A. B.\nGesendet: heute\n", "fold away"),
    ],
)
def test_what_a_text_must_not_be_is_known_in_its_language(
    tmp_path: Path, language: str, wording: Wording, text: str, reason: str
) -> None:
    """The client gets the built-in text in that language."""
    of = replace(FACTS, wording=wording, language=language, discreet=wording is not Wording.FULL)
    expected = Renderer(practice_name="Quiet Harbor", therapist_name="R. Example").render(of)

    found = written(tmp_path, wording, text, language).render(of)

    assert reason in (found.warning or "")
    assert expected == replace(found, warning=None)


@pytest.mark.parametrize(
    "language, wording, text",
    [
        # Innocent words that another language would take for money, a promise or the work.
        ("fr", Wording.CRISIS, "Appelez le numéro d’urgence de votre pays, et prenez soin de vous."),
        ("de", Wording.CRISIS, "Ich rate Ihnen, nicht auf mich zu warten."),
        ("es", Wording.CRISIS, "Por favor, no me espere y llame a alguien."),
        ("fr", Wording.DISCREET, "Je suis en congé. Merci d’être patient."),
        ("es", Wording.DISCREET, "Ahora no consulto mis mensajes. Nadie vigila este buzón."),
        ("de", Wording.DISCREET, "Ich bin im Urlaub. Niemand überwacht dieses Postfach."),
    ],
)
def test_an_innocent_text_in_another_language_is_sent(
    tmp_path: Path, language: str, wording: Wording, text: str
) -> None:
    """A word is judged in the language it stands in."""
    of = replace(FACTS, wording=wording, language=language, discreet=True)

    found = written(tmp_path, wording, text, language).render(of)

    assert found.warning is None
    assert text in found.plain


def test_a_language_without_a_text_of_ones_own_gets_the_built_in_one(tmp_path: Path) -> None:
    """In the client's language, rather than the practice's words in one they may not read."""
    renderer = written(tmp_path, Wording.FULL, "Away.")

    text = renderer.render(replace(FACTS, language="de"))

    assert text.plain.startswith("Vielen Dank für Ihre Nachricht.")
    assert text.warning is None


def test_the_languages_that_a_practice_left_out_are_named(tmp_path: Path) -> None:
    """Only texts that it wrote in another language count."""
    for language in ("en", "de"):
        written(tmp_path, Wording.FULL, "Away.", language)
    written(tmp_path, Wording.CRISIS, "Please do not wait.", "en")

    expected = {"de": ("crisis.txt",), "es": ("full.txt", "crisis.txt"), "fr": ("full.txt", "crisis.txt")}
    assert expected == languages_left_out(tmp_path)


def test_the_check_looks_at_a_practices_texts_in_every_language(tmp_path: Path) -> None:
    """A German text that betrays something only where an opening is known."""
    written(tmp_path, Wording.NEUTRAL, "{% if opening %}Die Praxis ist zu.{% else %}Weg.{% endif %}", "de")

    problems = check_templates(tmp_path)

    assert ["de/neutral.txt"] == [problem.partition(":")[0] for problem in problems]


def test_the_check_names_files_that_nothing_reads(tmp_path: Path) -> None:
    """A misspelt name would be silence."""
    written(tmp_path, Wording.FULL, "Away.")
    (tmp_path / "en" / "fulll.txt").write_text("Away.", encoding="utf-8")
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "full.txt").write_text("Away.", encoding="utf-8")

    problems = check_templates(tmp_path)

    assert 2 == len(problems)
    assert problems[0].startswith("en/fulll.txt: no text is made from it")
    assert problems[1].startswith("xx/full.txt: no text is made from it")


def test_the_check_names_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """One sentence, no traceback."""
    assert ["missing: there is no such folder of templates"] == check_templates(tmp_path / "missing")


@pytest.mark.parametrize("wording", Wording)
def test_every_value_of_a_wording_can_be_used(tmp_path: Path, wording: Wording) -> None:
    """What the documentation offers is really there."""
    source = "Away." + "".join(
        f"{{% if {value} is defined %}}{{% endif %}}" for value in sorted(VALUES[wording])
    )
    of = replace(FACTS, wording=wording, discreet=wording in (Wording.DISCREET, Wording.NEUTRAL))

    assert written(tmp_path, wording, source).render(of).warning is None


def test_compiling_refuses_before_anything_runs() -> None:
    """The list of what is allowed is the first wall."""
    with pytest.raises(UnusableTemplateError, match="for is not allowed"):
        compiled("{% for a in b %}{% endfor %}", frozenset({"b"}))
