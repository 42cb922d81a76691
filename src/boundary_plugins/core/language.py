"""In which language somebody is answered: the client's own, the message's, else the practice's."""

from boundary_plugins.core.message import SubjectMessage, content_languages_of
from boundary_plugins.core.policy import ResponsePolicy


def primary_language(tag: str) -> str:
    """The language of a tag in small letters: "de" of "de-AT" (BCP 47)."""
    return tag.replace("_", "-").partition("-")[0].lower()


def region_in(tag: str) -> str | None:
    """The region that a language tag names: "US" of "en-US" (RFC 5646, section 2.2.4)."""
    subtags = tag.replace("_", "-").split("-")[1:]
    return next((subtag.upper() for subtag in subtags if len(subtag) == 2 and subtag.isalpha()), None)


def language_of_response(on_file: str | None, message: SubjectMessage, policy: ResponsePolicy) -> str:
    """The tag of the first language that there are texts in: on file, in Content-Language, the practice's.

    `on_file` is None where nothing is, or where nobody may learn from a text who is a client. The
    practice's own comes back whatever it is.
    """
    if on_file and primary_language(on_file) in policy.languages:
        return on_file
    for tag in content_languages_of(message):
        if primary_language(tag) in policy.languages:
            # No more of a stranger's header is kept than what chooses the words and the dates.
            region = region_in(tag)
            return f"{primary_language(tag)}-{region}" if region else primary_language(tag)
    return policy.language
