"""The published page as its readers have it: parsed without mercy, its words and its schema.org items."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib

_HOURS = "openingHoursSpecification"
_UNSEEN = {"head", "style", "meta", "link"}
_BLOCKS = {"p", "h1", "h2", "dt", "dd", "div", "section", "footer", "header"}
#: Elements that the style sheet shows as blocks.
_BLOCK_CLASSES = {"span", "closed", "holiday", "label"}


@dataclass(frozen=True)
class ReadPage:
    """A page, its elements and its words."""

    root: Element

    @property
    def lines(self) -> list[str]:
        """What is seen, a line for each block of words."""
        return [line for part in "".join(_words(self.root)).split("\n") if (line := " ".join(part.split()))]

    @property
    def opening_hours(self) -> list[dict[str, str]]:
        """The OpeningHoursSpecification items of the business, as schema.org reads them."""
        (business,) = self.root.iterfind(".//*[@itemtype='https://schema.org/LocalBusiness']")
        return [_item(each) for each in business.iterfind(f".//*[@itemprop='{_HOURS}']")]

    def hours_on(self, day: str) -> list[tuple[str, str]]:
        """When it opens and closes on an ISO date; nothing where it is closed."""
        items = [item for item in self.opening_hours if item["validFrom"] == item["validThrough"] == day]
        assert items, f"{day} is not on the page"
        return [(item["opens"], item["closes"]) for item in items if "opens" in item]


def read(page: bytes) -> ReadPage:
    """Parse a page as HTML 5. Raises html5lib's ParseError for the first thing that is not right."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return ReadPage(parser.parse(page))


def _words(element: Element) -> Iterator[str]:
    """The words of an element, with a line's end around each block."""
    if element.tag in _UNSEEN:
        return
    is_block = element.tag in _BLOCKS or element.get("class") in _BLOCK_CLASSES
    edge = "\n" if is_block else " "
    yield f"{edge}{' '.join((element.text or '').split())}"
    for child in element:
        yield from _words(child)
        yield " ".join(("", *(child.tail or "").split()))
    yield edge


def _item(element: Element) -> dict[str, str]:
    """The properties of an item."""
    return {
        child.attrib["itemprop"]: child.get("content") or child.get("href") or ""
        for child in element.iterfind(".//*[@itemprop]")
    }
