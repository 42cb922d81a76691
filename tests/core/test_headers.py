"""Header values: comments, parameters, address lists, ids, encoded words."""

from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.headers import (
    addresses,
    decode,
    is_address,
    message_ids,
    parameters,
    reverse_path,
    strip_comments,
    token,
    unfold,
    words,
)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("no (a person)", "no  "),
        ("(a (nested) one) no", "  no"),
        ("(a \\) quoted one) no", "  no"),
        # Parentheses in a quoted string are text.
        ('"a (b) c" d', '"a (b) c" d'),
        # A comment that never ends.
        ("no (and so on", "no "),
        ("no) more", "no) more"),
    ],
)
def test_comments_go(value: str, expected: str) -> None:
    """RFC 5322, section 3.2.2."""
    assert expected.split() == strip_comments(value).split()


@pytest.mark.parametrize(
    "value, expected",
    [
        ("Text/Plain; charset=utf-8", "text/plain"),
        (" multipart/report (yes) ; x=y", "multipart/report"),
        ('"no"', "no"),
        ("=?us-ascii?q?auto-replied?=", "auto-replied"),
        ("", ""),
    ],
)
def test_a_token_is_what_stands_before_the_parameters(value: str, expected: str) -> None:
    """RFC 2045, section 5.1."""
    assert expected == token(value)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("text/plain; charset=utf-8", {"charset": "utf-8"}),
        ('multipart/mixed; boundary="a;b \\"c\\""', {"boundary": 'a;b "c"'}),
        ("text/calendar; METHOD = Request ;name=x", {"method": "Request", "name": "x"}),
        ("text/plain; (a comment) charset=utf-8 (b)", {"charset": "utf-8"}),
        ("text/plain; broken; ;;= x", {}),
    ],
)
def test_parameters_are_named_in_lower_case(value: str, expected: dict[str, str]) -> None:
    """RFC 2045, section 5.1."""
    assert expected == parameters(value)


def test_words_are_divided_by_commas_spaces_and_semicolons() -> None:
    """X-Auto-Response-Suppress is written in all of these ways."""
    assert frozenset({"dr", "oof", "autoreply"}) == words("DR,OOF ; AutoReply (x)")


ADDRESS_LISTS = [
    ("ab@example.org", ("ab@example.org",)),
    ("A. B. <ab@example.org>", ("ab@example.org",)),
    ('"B., A. <x@example.net>" <ab@example.org>', ("ab@example.org",)),
    ("ab@example.org (A. B.)", ("ab@example.org",)),
    ("a@example.org, B <b@example.org>,, c@example.org", ("a@example.org", "b@example.org", "c@example.org")),
    # Groups, empty ones too (RFC 5322, section 3.4).
    ("undisclosed-recipients:;", ()),
    (
        "team: a@example.org, B <b@example.org>; c@example.org",
        ("a@example.org", "b@example.org", "c@example.org"),
    ),
    # Quoted local parts.
    ('"a b"@example.org', ('"a b"@example.org',)),
    ('X <"a@b"@example.org>', ('"a@b"@example.org',)),
    ('"A, B" <"a\\"b"@example.org>', ('"a\\"b"@example.org',)),
    # Obsolete forms (section 4.4): source routes, white space and comments between the atoms.
    ("<@hop.example.net,@b.example.net:ab@example.org>", ("ab@example.org",)),
    ("ab . c @ example.org", ("ab.c@example.org",)),
    ("ab(x)@(y)example.org", ("ab@example.org",)),
    ("ab@[192.0.2.1]", ("ab@[192.0.2.1]",)),
    # An encoded word is never an address, whatever it says (RFC 2047, section 5).
    ("=?utf-8?q?x=40example=2Enet?= <ab@example.org>", ("ab@example.org",)),
    ("=?utf-8?b?eEBleGFtcGxlLm5ldA==?= <ab@example.org>", ("ab@example.org",)),
    # Internationalised addresses (RFC 6532).
    ("Ä <jürgen@exämple.org>", ("jürgen@exämple.org",)),
    # Malformed, as seen in mail.
    ("x@example.net <ab@example.org>", ("ab@example.org",)),
    ("A B ab@example.org", ("ab@example.org",)),
    ('"A. B. <ab@example.org>', ("ab@example.org",)),
    ("<ab@example.org", ("ab@example.org",)),
    ("ab@example.org>", ("ab@example.org",)),
    ("<ab@example.org> <x@example.net>", ("x@example.net",)),
    ("A. B.", ()),
    ("<>", ()),
    ("", ()),
    ("@", ()),
    ("ab@", ()),
    ("a@b@example.org", ()),
]


@pytest.mark.parametrize("value, expected", ADDRESS_LISTS)
def test_an_address_list_gives_its_plain_addresses(value: str, expected: tuple[str, ...]) -> None:
    """RFC 5322, sections 3.4 and 4.4."""
    assert expected == addresses(value)


ATOMS = st.text(st.sampled_from("abcxyz0189.!#$%&'*+/=?^_`{|}~-"), min_size=1, max_size=12).filter(
    lambda atom: not atom.startswith(".") and not atom.endswith(".") and ".." not in atom and "=?" not in atom
)
DOMAINS = st.lists(
    st.text(st.sampled_from("abcxyz019-"), min_size=1, max_size=6), min_size=1, max_size=3
).map(".".join)
PLAIN = st.tuples(ATOMS, DOMAINS).map("@".join)
NAMES = st.text(st.sampled_from('ab ,;:<>@()."\\é'), max_size=10)


def spelt(name: str, address: str) -> str:
    """A mailbox with a quoted display name."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


@given(st.lists(st.tuples(NAMES, PLAIN), min_size=1, max_size=4))
def test_any_list_of_well_formed_mailboxes_reads_as_the_standard_library_reads_it(
    mailboxes: list[tuple[str, str]],
) -> None:
    """The fast forms and the scanner against email.utils."""
    value = ", ".join(spelt(name, address) for name, address in mailboxes)
    bare = ",".join(address for _, address in mailboxes)

    expected = tuple(address for _, address in getaddresses([value]))
    assert expected == addresses(value)
    assert tuple(address for _, address in mailboxes) == addresses(bare)


@given(NAMES, PLAIN, st.sampled_from(["{}", " {}", "(x) {}", "{} (x (y))", "g: {};", "g:{},{};"]))
def test_comments_and_groups_change_no_address(name: str, address: str, around: str) -> None:
    """The scanner finds what the fast form finds."""
    mailbox = spelt(name, address)

    found = addresses(around.replace("{}", mailbox))

    assert {address} == set(found)


@given(st.text(max_size=60) | st.text(st.sampled_from('a@.<>()[]":;,\\ \r\n\t'), max_size=60))
def test_whatever_is_found_is_an_address_and_nothing_raises(value: str) -> None:
    """Malformed lists give fewer addresses, never an error or a line break."""
    for address in addresses(value):
        assert is_address(address)
        assert not {"\r", "\n"} & set(address.rpartition("@")[2])
    reverse_path(value)
    message_ids(value)
    parameters(value)
    token(value)


EVIL = ['"', "(", "<", "[", "a@", '"\\', "=?", "a ", "<a", "(a", "@a", ";a=", ": "]
EVIL_VALUES = [
    *(piece * 20_000 for piece in EVIL),
    "a" * 20_000 + "@",
    " " * 20_000 + "x",
    "@a," * 9_999 + ":x@y",
]


@pytest.mark.parametrize("evil", EVIL_VALUES, ids=range(len(EVIL_VALUES)))
def test_a_hostile_value_takes_no_longer_than_its_length(evil: str) -> None:
    """No expression goes back and forth; a quadratic one would take minutes here."""
    addresses(evil)
    reverse_path(evil)
    parameters("a/b;" + evil)
    message_ids(evil)
    decode("=?" + evil)
    decode("=?a?q?" + evil)
    token(evil)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("<>", ""),
        ("< >", ""),
        (" <> (bounce)", ""),
        ("<ab@example.org>", "ab@example.org"),
        ("ab@example.org", "ab@example.org"),
        ("<@hop.example.net:ab@example.org>", "ab@example.org"),
        ("<MAILER-DAEMON>", "MAILER-DAEMON"),
        ('<"a b"@example.org>', '"a b"@example.org'),
    ],
)
def test_a_reverse_path_in_each_form(value: str, expected: str) -> None:
    """RFC 5321, section 4.4."""
    assert expected == reverse_path(value)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("<1@example.org>", ("<1@example.org>",)),
        ("<1@example.org>\r\n <2@example.org>", ("<1@example.org>", "<2@example.org>")),
        ("<1@example.org><2@example.org>", ("<1@example.org>", "<2@example.org>")),
        # Obsolete phrases, folding within an id, a bare id.
        ("Your message of Friday <1@example.org>", ("<1@example.org>",)),
        ("<1@\r\n example.org>", ("<1@example.org>",)),
        ("1@example.org", ("<1@example.org>",)),
        ("A. B. at ab@example.org", ()),
        ("<>", ()),
        ("", ()),
    ],
)
def test_message_ids_in_each_form(value: str, expected: tuple[str, ...]) -> None:
    """RFC 5322, sections 3.6.4 and 4.5.4."""
    assert expected == message_ids(value)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("plain", "plain"),
        ("=?utf-8?q?R=C3=A9sum=C3=A9_1?=", "Résumé 1"),
        ("=?UTF-8?B?UsOpc3Vtw6k=?= and more", "Résumé and more"),
        # White space between neighbours goes (RFC 2047, section 6.2); a character cut in two is whole.
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?b?w6k=?=\r\n =?utf-8?b?w6k=?=", "éé"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),
        ("=?iso-8859-1*fr?q?=E9?=", "é"),
        # Broken ones: an unknown charset, bad base64, bad bytes, an end that never comes.
        ("=?x-nobody?q?a=E9?=", "a\ufffd"),
        ("=?utf-8?b?!!!?=", ""),
        ("=?utf-8?q?=E9?=", "\ufffd"),
        ("=?utf-8?q?a", "=?utf-8?q?a"),
        ("=?rot13?q?a?=", "a"),
        ("=?idna?q?a=FF?=", "a\ufffd"),
    ],
)
def test_encoded_words_are_decoded_and_never_raise(value: str, expected: str) -> None:
    """RFC 2047."""
    assert expected == decode(value)


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn"]), max_size=60))
def test_what_the_standard_library_encodes_is_decoded(text: str) -> None:
    """A round trip, and the same as email.header reads."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = text
    raw = message.as_bytes().partition(b"Subject: ")[2].partition(b"\r\n\r\n")[0].decode("ascii")
    value = unfold(raw).strip()

    assert str(make_header(decode_header(value))) == decode(value)


@given(st.text(max_size=80))
def test_decoding_never_raises(value: str) -> None:
    """Whatever stands between =? and ?=."""
    decode(f"=?{value}?=")
    decode(f"=?utf-8?b?{value}?=")
    decode(f"=?{value}?q?a=FF?=")
