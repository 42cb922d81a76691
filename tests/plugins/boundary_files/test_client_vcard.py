"""Files of vCards as phones and address books export them, and what is wrong with them by line."""

from pathlib import Path

import pytest

from boundary_files.client_text import decoded
from boundary_files.client_vcard import read_client_vcards
from boundary_plugins import ClientEntry, ClientListing

CORPUS = Path(__file__).parents[2] / "corpus"


def read(*lines: str) -> ClientListing:
    """A file that is called clients.vcf."""
    return read_client_vcards("\r\n".join(lines), "clients.vcf")


def card(*lines: str) -> ClientEntry:
    """The one entry of a card in which nothing is wrong."""
    (entry,) = read("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", "").entries
    return entry


def of_corpus(name: str) -> list[ClientEntry]:
    """The entries of a file in which nothing is wrong."""
    listing = read_client_vcards(decoded((CORPUS / name).read_bytes()), name)
    assert () == listing.refused
    return list(listing.entries)


def test_cards_of_apple_are_read_with_groups_labels_and_what_is_not_to_the_letter() -> None:
    """The preferred address is the first; an address within a note is none of the client's."""
    name = "clients_of_apple.vcf"

    assert [
        ClientEntry(f"{name}:1", ("anna@example.org", "work@example.net"), initials="AB", region="US"),
        ClientEntry(f"{name}:20", (), initials="CD"),
    ] == of_corpus(name)


def test_cards_of_a_phone_are_read_out_of_quoted_printable_that_is_wrapped() -> None:
    """vCard 2.1: soft line breaks, bare encodings, another character set, an X.400 address that is none."""
    name = "clients_of_a_phone_in_vcard_2_1.vcf"

    assert [
        ClientEntry(f"{name}:1", ("oelbaum@example.net", "aenne@example.org"), initials="ÄÖ", region="DE"),
        ClientEntry(f"{name}:18", ("mueller@example.org",), initials="JM"),
    ] == of_corpus(name)


def test_cards_of_rfc_6350_are_read_by_preference_and_a_group_is_nobody() -> None:
    """RFC 6350, sections 5.3 (PREF), 6.1.4 (KIND), 6.4.4 (LANG) and 6.5.1 (TZ; an offset names no zone)."""
    name = "clients_in_vcard_4.vcf"

    assert [
        ClientEntry(
            f"{name}:1",
            ("anna@example.org", "work@example.net"),
            initials="AB",
            zone="Europe/Zurich",
            language="de-CH",
            region="CH",
        ),
        ClientEntry(f"{name}:13", ()),
        ClientEntry(f"{name}:20", ("carl@example.org",), initials="CD"),
    ] == of_corpus(name)


@pytest.mark.parametrize(
    ("line", "address"),
    [
        # RFC 6350, section 3.3: names and parameters in any case; quoted parameters may hold a colon.
        ("email:one@example.org", "one@example.org"),
        ("EMAIL;TYPE=Work,INTERNET:one@example.org", "one@example.org"),
        ('item9.Email;X-LABEL="a: b; c":one@example.org', "one@example.org"),
        ("EMAIL:mailto:one@example.org", "one@example.org"),
        ("EMAIL: one@example.org ", "one@example.org"),
        # RFC 6350, section 3.2: a folded line.
        ("EMAIL:one@exam\r\n ple.org", "one@example.org"),
        ("EMAIL:one@exam\r\n\tple.org", "one@example.org"),
    ],
)
def test_an_address_is_read_in_every_way_of_writing_its_line(line: str, address: str) -> None:
    """And comes out plain."""
    assert (address,) == card(line).addresses


@pytest.mark.parametrize(
    ("lines", "initials"),
    [
        # Family and given name, a full name alone, the other way round, no name.
        (["N:Bell;Anna;Maria;Dr.;", "FN:Dr. Anna Maria Bell"], "AB"),
        (["FN:Anna Maria Bell"], "AB"),
        (["FN:Bell, Anna"], "AB"),
        (["N:;;;;", "FN:"], ""),
        ([r"N:Smith\;Jones;Anna;;;"], "AS"),
    ],
)
def test_initials_are_made_of_the_name(lines: list[str], initials: str) -> None:
    """Which goes no further."""
    assert initials == card(*lines, "EMAIL:one@example.org").initials


@pytest.mark.parametrize(
    ("lines", "place", "says"),
    [
        # A card that never ends, alone and before another one; an end without a beginning.
        (["BEGIN:VCARD", "EMAIL:a@example.org"], "clients.vcf:1", "the card never ends"),
        (
            ["BEGIN:VCARD", "EMAIL:a@example.org", "BEGIN:VCARD", "END:VCARD"],
            "clients.vcf:1",
            "the card never ends; allowed: END:VCARD before",
        ),
        (["EMAIL:a@example.org", "END:VCARD"], "clients.vcf:2", "no card begins"),
        # A line that may have been an address; a version that is not known.
        (["BEGIN:VCARD", "EMAIL a@example.org", "END:VCARD"], "clients.vcf:1", "line 2 is no property"),
        (["BEGIN:VCARD", "VERSION:5.0", "END:VCARD"], "clients.vcf:1", "its version is not known"),
    ],
)
def test_a_broken_card_is_told_by_its_line_and_the_rest_is_read(
    lines: list[str], place: str, says: str
) -> None:
    """Without its text."""
    listing = read(*lines, "BEGIN:VCARD", "EMAIL:z@example.org", "END:VCARD")

    (refused,) = listing.refused
    assert place == refused.place
    assert says in refused.problem
    assert "a@" not in refused.problem
    assert ("z@example.org",) == listing.entries[-1].addresses


def test_a_file_without_a_card_is_none() -> None:
    """As where somebody names the wrong one."""
    with pytest.raises(ValueError, match=r"clients\.vcf: there is no card in it; allowed: cards from"):
        read("name,email", "x,one@example.org")
