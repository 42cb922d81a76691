"""The crisis resources of one region as paragraphs, with what can be dialled from them."""

from dataclasses import dataclass
from functools import cache

from boundary_plugins.data.crisis_lines import CrisisLine, crisis_heading, crisis_region


@dataclass(frozen=True, slots=True)
class Resources:
    """One paragraph, and where the numbers in it lead ("988" to "tel:988")."""

    paragraph: str
    links: tuple[tuple[str, str], ...]


@cache
def resources_for(region: str | None, language: str, discreet: bool) -> Resources:
    """The resources of a region; the discreet form names neither therapy nor any illness.

    `language` is one of `crisis_languages()`. The lines keep the order of the data.
    """
    known = crisis_region(region)
    numbers = {number: f"tel:{_digits(number)}" for number in known.emergency}
    for line in known.lines:
        numbers.update(_links(line))
    if discreet:
        paragraph = known.discreet[language]
    else:
        said = [known.danger[language], *(line.says[language] for line in known.lines)]
        paragraph = "\n".join([crisis_heading()[language], *(f"- {sentence}" for sentence in said)])
    return Resources(paragraph, tuple(numbers.items()))


def _links(line: CrisisLine) -> dict[str, str]:
    """Where the numbers and the address of a line lead; a number to call and to text is called."""
    links = {number: f"sms:{_digits(number)}" for number in line.text}
    links.update({number: f"tel:{_digits(number)}" for number in line.call})
    if line.chat:
        links[line.chat] = f"https://{line.chat}"
    return links


def _digits(number: str) -> str:
    """A number as it is dialled."""
    return "".join(character for character in number if character.isdigit())
