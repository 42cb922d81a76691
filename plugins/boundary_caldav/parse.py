"""What a CalDAV server answers, read as values: pure, and without trust in what stands there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from lxml import etree

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"

# An element of lxml, which has no types of its own.
Element = Any


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource in an answer (RFC 4918, section 14.24): its path, its status, and the properties it has."""

    path: str
    status: int
    properties: Mapping[str, Element]

    def text(self, name: str) -> str | None:
        """The text of a property; None where the resource has no such property, or an empty one."""
        found = self.properties.get(name)
        text = None if found is None else (found.text or "").strip()
        return text or None

    def hrefs(self, name: str) -> tuple[str, ...]:
        """The addresses that a property holds."""
        found = self.properties.get(name)
        return (
            () if found is None else tuple(one.text.strip() for one in found.iter(f"{DAV}href") if one.text)
        )

    def has_within(self, name: str, inner: str) -> bool:
        """Whether a property holds an element, at any depth."""
        found = self.properties.get(name)
        return found is not None and next(found.iter(inner), None) is not None


def read_xml(body: bytes) -> Element | None:
    """The root of the text of an answer; None where it is no XML, or XML that declares a document type.

    WebDAV needs no document type, and entities come with one: they can be made to grow without end.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root


def is_multistatus(body: bytes) -> bool:
    """Whether an answer is one that tells of resources, and no page of somebody in between."""
    root = read_xml(body)
    return root is not None and root.tag == f"{DAV}multistatus"


def resources(root: Element) -> tuple[Resource, ...]:
    """The resources of a multi-status answer, in its order; what names no address is left out."""
    return tuple(one for response in root.iter(f"{DAV}response") for one in _of(response))


def _of(response: Element) -> Iterator[Resource]:
    """The resources of one response: several where it tells only a status of them."""
    properties = {
        found.tag: found
        for part in response.iterchildren(f"{DAV}propstat")
        if _status(part) // 100 == 2
        for prop in part.iterchildren(f"{DAV}prop")
        for found in prop.iterchildren("*")
    }
    for href in response.iterchildren(f"{DAV}href"):
        yield Resource(path_of(href.text or ""), _status(response), properties)


def _status(element: Element) -> int:
    """The status that an element tells ("HTTP/1.1 404 Not Found"); 200 where it tells none."""
    words = (element.findtext(f"{DAV}status") or "").split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 200


def path_of(address: str) -> str:
    """The path of an address, written in one way, so that two addresses can be compared."""
    # A slash or a per cent sign that is written as %2F or %25 belongs to a name, and stays as it is.
    parts = (
        urlsplit(address.strip()).path.replace("%25", "%2525").replace("%2F", "%252F").replace("%2f", "%252F")
    )
    return quote(unquote(parts), safe="/%:@!$&'()*+,;=~")


def sync_token_of(root: Element) -> str | None:
    """The place in the collection's history that an answer ends at (RFC 6578, section 6.4)."""
    return (root.findtext(f"{DAV}sync-token") or "").strip() or None


def precondition(body: bytes) -> str:
    """The condition that was not met, by its name (RFC 4918, section 16); "" where none is told."""
    root = read_xml(body) if body.lstrip().startswith(b"<") else None
    if root is None or root.tag != f"{DAV}error":
        return ""
    first = next(root.iterchildren("*"), None)
    return "" if first is None else etree.QName(first).localname
