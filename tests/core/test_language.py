"""In which language somebody is answered."""

from dataclasses import replace

import pytest

from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.headers import language_tags
from boundary_plugins.core.language import language_of_response, primary_language, region_in
from boundary_plugins.core.message import Headers, content_languages_of
from builders import POLICY, message

FOUR = replace(POLICY, language="en-GB", languages=frozenset({"en", "es", "fr", "de"}))


@pytest.mark.parametrize(
    "on_file, header, expected",
    [
        # What is on file goes before what the message says, as it stands there.
        ("de-AT", "fr", "de-AT"),
        ("DE", None, "DE"),
        # A language on file without texts is as good as none.
        ("fi", "fr", "fr"),
        # The message's own language, in any case, with its region.
        (None, "fr", "fr"),
        (None, "FR-ca", "fr-CA"),
        (None, "en-US", "en-US"),
        # No more than language and region is kept of it.
        (None, "de-Latn-CH-1996", "de-CH"),
        (None, "es-419", "es"),
        # The first that there are texts in.
        (None, "fi, it, es, fr", "es"),
        (None, ("fi", "de"), "de"),
        # None that there are texts in: the practice's.
        (None, "fi", "en-GB"),
        (None, None, "en-GB"),
        (None, "", "en-GB"),
        (None, "*, x-klingon, i-klingon", "en-GB"),
    ],
)
def test_rfc3282_the_language_on_file_then_the_messages_then_the_practices(
    on_file: str | None, header: str | tuple[str, ...] | None, expected: str
) -> None:
    """RFC 3282, section 2: Content-Language holds a list of tags."""
    values = () if header is None else (header,) if isinstance(header, str) else header
    of = replace(message(), headers=Headers({"content-language": values}))

    assert expected == language_of_response(on_file, of, FOUR)


def test_a_practice_whose_language_has_no_texts_keeps_its_tag() -> None:
    """What is sent then is decided where texts are made."""
    policy = replace(FOUR, language="fi")

    assert "fi" == language_of_response(None, message(), policy)


def test_an_unseen_field_says_nothing() -> None:
    """A mailbox that cannot show Content-Language, and a message without headers."""
    unseen = replace(message(), headers=Headers({}, known=frozenset({"from"})))

    assert UNKNOWN is Headers({}, known=frozenset({"from"})).all("content-language")
    assert () == content_languages_of(unseen)
    assert () == content_languages_of(replace(unseen, headers=None))


@pytest.mark.parametrize(
    "value, expected",
    [
        ("de", ("de",)),
        ("mi, en", ("mi", "en")),
        # RFC 3282, section 2: comments, folding.
        ("de (German), en (also (nested))", ("de", "en")),
        ("(Dansk) da", ("da",)),
        ("da,\r\n en", ("da", "en")),
        # Subtags; what is no tag is left out.
        ("en-GB-oed, zh-Hant-TW", ("en-GB-oed", "zh-Hant-TW")),
        ("de;q=0.5, fr\r\nBcc: x, english, , é, es", ("es",)),
    ],
)
def test_rfc3282_a_list_of_tags_in_its_order(value: str, expected: tuple[str, ...]) -> None:
    """RFC 3282, section 2; RFC 5646."""
    assert expected == language_tags(value)


@pytest.mark.parametrize(
    "tag, language, region",
    [
        ("de-AT", "de", "AT"),
        ("DE_at", "de", "AT"),
        ("en-Latn-US", "en", "US"),
        ("es-419", "es", None),
        ("", "", None),
    ],
)
def test_a_tag_names_a_language_and_may_name_a_region(tag: str, language: str, region: str | None) -> None:
    """RFC 5646, sections 2.2.1 and 2.2.4."""
    assert (language, region) == (primary_language(tag), region_in(tag))
