"""Answers of servers of every kind, read as values."""

import pytest

from boundary_caldav.parse import is_multistatus, path_of, precondition, read_xml, resources, sync_token_of

ANSWER = b"""<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
 <!-- as it came -->
 <d:response>
  <d:href>https://dav.example.com/work/one%20more.ics</d:href>
  <d:propstat><d:prop><d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
  <d:propstat><d:prop><d:displayname/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>
 </d:response>
 <d:response><d:href>/work/two.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>
 <d:response>
  <d:href>/work/a</d:href><d:href>/work/b</d:href><d:status>HTTP/1.1 403 Forbidden</d:status>
 </d:response>
 <d:sync-token> http://example.com/5 </d:sync-token>
</d:multistatus>"""


def test_an_answer_gives_paths_states_and_the_properties_that_are_there() -> None:
    """Whole addresses and paths alike; several addresses may share one state (RFC 4918, section 14.24)."""
    root = read_xml(ANSWER)

    found = resources(root)

    assert [
        ("/work/one%20more.ics", 200),
        ("/work/two.ics", 404),
        ("/work/a", 403),
        ("/work/b", 403),
    ] == [(one.path, one.status) for one in found]
    assert ('"1"', None) == (found[0].text("{DAV:}getetag"), found[0].text("{DAV:}displayname"))
    assert "http://example.com/5" == sync_token_of(root)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a%40b/", "/a@b/"),
        ("/a b/", "/a%20b/"),
        ("https://dav.example.com/%7Eme/", "/~me/"),
        ("/M%C3%BCller/", "/Müller/"),
    ],
)
def test_paths_that_are_the_same_are_written_alike(one: str, other: str) -> None:
    """However a server quotes them."""
    assert path_of(one) == path_of(other)


@pytest.mark.parametrize("path", ["/a%2Fb.ics", "/100%25.ics"])
def test_what_is_quoted_because_it_belongs_to_a_name_stays_so(path: str) -> None:
    """A slash in a name is no folder; reading twice changes nothing."""
    assert path == path_of(path) == path_of(path_of(path))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<a><b></a>",
        b"<html><body>Please sign in</body></html>",
        b'<!DOCTYPE m><multistatus xmlns="DAV:"/>',
        b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/hostname">]><multistatus xmlns="DAV:">&a;</multistatus>',
    ],
)
def test_what_is_no_answer_of_a_dav_server_is_not_taken_for_one(body: bytes) -> None:
    """Nor is one that declares a document type."""
    assert not is_multistatus(body)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'<error xmlns="DAV:"><valid-sync-token/></error>', "valid-sync-token"),
        (b'\n<D:error xmlns:D="DAV:"><C:no-uid-conflict xmlns:C="urn:x"/></D:error>', "no-uid-conflict"),
        (b'<error xmlns="DAV:"/>', ""),
        (b"<html/>", ""),
        (b"words", ""),
        (b"", ""),
    ],
)
def test_a_condition_that_is_not_met_is_known_by_its_name(body: bytes, name: str) -> None:
    """RFC 4918, section 16."""
    assert name == precondition(body)
