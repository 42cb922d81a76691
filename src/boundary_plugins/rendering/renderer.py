"""One text for one set of facts: body, notice and crisis resources, put together in the right order."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from boundary_plugins.core.policy import SubjectForm
from boundary_plugins.core.response import ResponseFacts, Wording
from boundary_plugins.core.text import one_line
from boundary_plugins.rendering import layout
from boundary_plugins.rendering.moments import DayForm
from boundary_plugins.rendering.phrases import said
from boundary_plugins.rendering.refusals import is_about_a_crisis, is_discreet, is_telling, refusal
from boundary_plugins.rendering.resources import resources_for
from boundary_plugins.rendering.sandbox import UnusableTemplateError, filled
from boundary_plugins.rendering.spoken import opening_and_promise
from boundary_plugins.rendering.templates import language_for, own_templates, shipped

GREATEST_SUBJECT = 150
#: An opening farther away than this is told as an absence, with its year.
LONG_ABSENCE = timedelta(days=5)
_AUTO = "Auto: "


@dataclass(frozen=True, slots=True)
class RenderedText:
    """What is sent: a Subject in one line, the plain text, its HTML twin, and the language of them all.

    `warning` says which of the practice's own templates could not be used, and why (the built-in text
    went instead); None where all is well.
    """

    subject: str
    plain: str
    html: str
    language: str
    warning: str | None = None


class Renderer:
    """Makes texts for one practice; `render` may be called from many threads."""

    def __init__(
        self, *, practice_name: str, therapist_name: str, template_directory: Path | None = None
    ) -> None:
        """Read the practice's own templates, if it has a folder of them; a broken one is no error here."""
        self._practice_name = one_line(practice_name)
        self._therapist_name = one_line(therapist_name)
        self._own = own_templates(template_directory)
        # The same facts come again with every client of one closed window.
        self._made = lru_cache(maxsize=1024)(self._make)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that a discreet text does not say."""
        return tuple(name for name in (self._practice_name, self._therapist_name) if name)

    def render(
        self,
        facts: ResponseFacts,
        *,
        subject_form: SubjectForm = SubjectForm.NEUTRAL,
        original_subject: str | None = None,
        as_of: datetime | None = None,
        every_week: bool = False,
    ) -> RenderedText:
        """The text for the facts, with resources whatever a template does.

        `original_subject` is decoded; `as_of` (aware) the instant of sending, which tells a long absence.
        With `every_week` the opening is named by its weekday alone: the text serves each week.
        """
        opening = facts.next_opening_at
        long_absence = opening is not None and as_of is not None and opening - as_of > LONG_ABSENCE
        form = DayForm.WEEKDAY if every_week else DayForm.DATE_AND_YEAR if long_absence else DayForm.DATE
        made = self._made(facts, form)
        if subject_form is SubjectForm.NEUTRAL or not original_subject:
            return made
        subject = self._original(facts, original_subject)
        return replace(made, subject=subject) if subject else made

    def display_name(self, facts: ResponseFacts) -> str | None:
        """The name beside the address in From; None where the text must not say whose it is."""
        return None if is_discreet(facts) else self._therapist_name or self._practice_name or None

    def _original(self, facts: ResponseFacts, subject: str) -> str | None:
        """`Auto: ` and the original Subject (RFC 3834, section 3.1.5); None where it is not to be shown.

        Not after words of crisis, and not where it would undo the discretion of the text.
        """
        line = one_line(subject)
        if not line or is_about_a_crisis(facts) or (is_discreet(facts) and is_telling(line, self.names)):
            return None
        room = GREATEST_SUBJECT - len(_AUTO)
        return _AUTO + (line if len(line) <= room else line[: room - 3].rstrip() + "...")

    def _make(self, facts: ResponseFacts, form: DayForm) -> RenderedText:
        """Everything but an original Subject."""
        if facts.wording is Wording.FULL and facts.discreet:
            # The two contradict each other, and then discretion is right.
            facts = replace(facts, wording=Wording.DISCREET)
        language = language_for(facts.language)
        body, warning = self._body(facts, language, self._values(facts, language, form))
        resources = resources_for(facts.region, language, is_discreet(facts))
        notice = layout.paragraphs_of(said("notice", language))
        if is_about_a_crisis(facts):
            paragraphs = (resources.paragraph, *layout.paragraphs_of(body), *notice)
        else:
            paragraphs = (*layout.paragraphs_of(body), *notice, resources.paragraph)
        subject = said("subject", language)
        page = layout.html(paragraphs, resources.paragraph, dict(resources.links), language, subject)
        return RenderedText(subject, layout.plain(paragraphs), page, language, warning)

    def _body(self, facts: ResponseFacts, language: str, values: dict[str, object]) -> tuple[str, str | None]:
        """The practice's own words, or the built-in ones and a warning that says why."""
        own = self._own.get((language, facts.wording))
        warning = None
        if own is not None:
            try:
                if own.template is None:
                    raise own.problem or UnusableTemplateError("it cannot be used")
                body = filled(own.template, values)
                why = refusal(body, facts, self.names, language)
                if why is None:
                    return body, None
                raise UnusableTemplateError(why)
            except UnusableTemplateError as problem:
                place = own.place if problem.line is None else f"{own.place}:{problem.line}"
                warning = f"{place}: {problem.problem}; the built-in text is used"
        return filled(shipped(facts.wording, language), values), warning

    def _values(self, facts: ResponseFacts, language: str, form: DayForm) -> dict[str, object]:
        """What a template of this wording may use; what it must not use is not there."""
        opening, promise_day = opening_and_promise(facts, language, form)
        values: dict[str, object] = {"opening": opening}
        if not is_discreet(facts):
            values |= {"practice_name": self._practice_name, "therapist_name": self._therapist_name}
        if is_about_a_crisis(facts):
            return values | {"discreet": is_discreet(facts)}
        values |= {
            "promise_day": promise_day,
            "answers_at_opening": facts.promises_next_opening,
            "long_absence": form is DayForm.DATE_AND_YEAR,
        }
        return values | {"when": said("when", language, values)}


def render(
    facts: ResponseFacts,
    *,
    practice_name: str,
    therapist_name: str,
    subject_form: SubjectForm = SubjectForm.NEUTRAL,
    original_subject: str | None = None,
    as_of: datetime | None = None,
    template_directory: Path | None = None,
) -> RenderedText:
    """One text, for who has no Renderer at hand; the practice's own templates are read once a process."""
    renderer = _renderer(practice_name, therapist_name, template_directory)
    return renderer.render(facts, subject_form=subject_form, original_subject=original_subject, as_of=as_of)


def display_name(facts: ResponseFacts, *, practice_name: str, therapist_name: str) -> str | None:
    """The name beside the address in From; None where the text must not say whose it is."""
    return _renderer(practice_name, therapist_name, None).display_name(facts)


@lru_cache(maxsize=8)
def _renderer(practice_name: str, therapist_name: str, template_directory: Path | None) -> Renderer:
    """One renderer for one practice."""
    return Renderer(
        practice_name=practice_name, therapist_name=therapist_name, template_directory=template_directory
    )
