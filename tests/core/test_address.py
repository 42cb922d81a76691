"""Comparing mailboxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.address import (
    canonical,
    domain_of,
    in_domains,
    is_forwarding_path,
    is_own,
    is_system_address,
    own_address_of,
    same_address,
)

OWN = ("Therapist@example.com", "office+intake@example.com")


@pytest.mark.parametrize(
    "one, other",
    [
        ("ab@example.org", "AB@Example.ORG"),
        ("ab@example.org", "ab@example.org."),
        ("ab@example.org", '"ab"@example.org'),
        ('"a b"@example.org', '"a\\ b"@example.org'),
        # IDN in both forms (RFC 5890), also with another case.
        ("ab@exämple.org", "ab@xn--exmple-cua.org"),
        ("ab@EXÄMPLE.org", "ab@XN--EXMPLE-CUA.ORG"),
        # Composed and decomposed (Unicode normal forms).
        ("j\u00fcrgen@example.org", "ju\u0308rgen@example.org"),
        # A BATV signature is not part of the address.
        ("ab@example.org", "prvs=0123456789=ab@example.org"),
    ],
)
def test_two_spellings_of_one_mailbox_are_the_same(one: str, other: str) -> None:
    """RFC 5321, section 2.4: the domain has no case; in practice neither has the local part."""
    assert same_address(one, other)
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("ab@example.org", "ab@example.net"),
        ("ab@example.org", "ab+x@example.org"),
        ("ab@example.org", "a.b@example.org"),
        ('"a@b"@example.org', "a@b"),
        ("ab@mail.example.org", "ab@example.org"),
    ],
)
def test_other_mailboxes_differ(one: str, other: str) -> None:
    """A plus-address of a client may be somebody else's business."""
    assert not same_address(one, other)


@pytest.mark.parametrize(
    "address, expected",
    [
        ("therapist@example.com", OWN[0]),
        ("THERAPIST+x@EXAMPLE.com", OWN[0]),
        ("therapist+a+b@example.com", OWN[0]),
        ("office+intake@example.com", OWN[1]),
        ("office@example.com", None),
        ("therapist-x@example.com", None),
        ("mytherapist@example.com", None),
        ("therapist@example.org", None),
        ("", None),
        ("therapist", None),
    ],
)
def test_own_addresses_include_their_plus_addresses(address: str, expected: str | None) -> None:
    """RFC 5233: detail after the plus sign."""
    assert expected == own_address_of(address, OWN)
    assert (expected is not None) == is_own(address, OWN)


@pytest.mark.parametrize(
    "address, expected",
    [("ab@Example.ORG", "example.org"), ('"a@b"@example.org', "example.org"), ("nobody", ""), ("", "")],
)
def test_the_domain_is_what_follows_the_last_at_sign(address: str, expected: str) -> None:
    """A quoted local part may hold one too."""
    assert expected == domain_of(address)


@pytest.mark.parametrize(
    "address, expected",
    [
        ("a@platform.example.net", True),
        ("a@mail.platform.example.net", True),
        ("a@notplatform.example.net", False),
        ("a@example.net", False),
    ],
)
def test_a_domain_stands_for_all_below_it(address: str, expected: bool) -> None:
    """Notifications come from subdomains of every name."""
    assert expected is in_domains(address, frozenset({"platform.example.net"}))


@pytest.mark.parametrize(
    "address",
    [
        "MAILER-DAEMON@example.net",
        "MAILER-DAEMON",
        "postmaster@example.net",
        "owner-walkers@example.net",
        "walkers-owner@example.net",
        "walkers-request@example.net",
        "walkers-bounces@example.net",
        "walkers-bounces+a=b@example.net",
        "bounce+ab=example.org@example.net",
        "bounces@example.net",
        "listserv@example.net",
        "majordomo@example.net",
        "noreply@example.net",
        "no-reply@example.net",
        "no_reply@example.net",
        "no.reply.shop@example.net",
        "noreply-1a2b@example.net",
        "noreply123@example.net",
        "shop-noreply@example.net",
        "do-not-reply@example.net",
        "donotreply@example.net",
        "do_not_respond@example.net",
    ],
)
def test_programs_addresses_are_known(address: str) -> None:
    """RFC 3834, section 2, and RFC 5230, section 4.6; any case."""
    assert is_system_address(address)
    assert is_system_address(address.upper())


@pytest.mark.parametrize(
    "address",
    [
        "ab@example.org",
        "listening.jo@example.org",
        "jo.owner@example.org",
        "homeowner@example.org",
        "norep.lystrom@example.org",
        "bouncer@example.org",
        "requester@example.org",
        "nobodys.fool@example.org",
        "daemon.smith@example.org",
        "postmasters@example.org",
        "elena.reply@example.org",
        "noreplyson@example.org",
        # Forwarders' paths: behind them stand people.
        "bounces+SRS=44ldt=IX@example.com",
        "SRS0=44ldt=IX=example.net=ab@example.com",
    ],
)
def test_peoples_addresses_are_left_alone(address: str) -> None:
    """A client must not be silent for the sake of a name."""
    assert not is_system_address(address)


def test_a_forwarders_path_is_known() -> None:
    """Gmail's and SRS forms."""
    assert is_forwarding_path("therapist+caf_=office=example.com@example.com")
    assert is_forwarding_path("srs0=44ldt=ix=example.net=ab@example.com")
    assert not is_forwarding_path("ab+café@example.org")


@given(st.text(st.characters(max_codepoint=127), max_size=20))
def test_a_canonical_form_stays(text: str) -> None:
    """What is compared may be kept."""
    once = canonical(f"{text}@example.org")

    assert once == canonical(once)


@given(st.text(max_size=40))
def test_nothing_raises(text: str) -> None:
    """Any text can be compared."""
    canonical(text)
    assert same_address(text, text)
    is_system_address(text)
    domain_of(text)
    is_own(text, (text,))
