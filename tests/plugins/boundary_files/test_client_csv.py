"""Tables of clients as address books export them, and what is wrong with them by line."""

from pathlib import Path

import pytest

from boundary_files.client_csv import read_client_csv
from boundary_files.client_text import decoded
from boundary_plugins import AutoReply, ClientEntry, ClientListing

CORPUS = Path(__file__).parents[2] / "corpus"


def read(text: str, **columns: tuple[str, ...]) -> ClientListing:
    """A table that is called clients.csv."""
    return read_client_csv(text, "clients.csv", columns)


def only(text: str, **columns: tuple[str, ...]) -> ClientEntry:
    """The one entry of a table in which nothing is wrong."""
    listing = read(text, **columns)
    (entry,) = listing.entries
    assert () == listing.refused
    return entry


def of_corpus(name: str) -> tuple[ClientEntry, ...]:
    """The entries of a file in which nothing is wrong."""
    listing = read_client_csv(decoded((CORPUS / name).read_bytes()), name, {})
    assert () == listing.refused
    return listing.entries


def test_contacts_of_google_are_read_with_several_addresses_in_a_cell_and_quoted_lines() -> None:
    """A postal region such as CA is no country, and a contact without an address stays one."""
    name = "clients_of_google.csv"

    expected = (
        ClientEntry(
            f"{name}:2",
            ("anna@example.org", "anna.bell@example.net", "ab@example.net"),
            initials="AB",
            region="US",
        ),
        ClientEntry(f"{name}:6", (), initials="CD"),
        ClientEntry(f"{name}:7", ("eva@example.org",), initials="ÈD"),
    )
    assert expected == of_corpus(name)


def test_contacts_of_a_german_outlook_are_read_out_of_windows_1252() -> None:
    """Semicolons between cells; its column of types is none of addresses."""
    name = "clients_of_outlook_in_german.csv"

    expected = (
        ClientEntry(
            f"{name}:2",
            ("mueller@example.org", "jm@example.net"),
            initials="JM",
            language="de",
            region="DE",
        ),
        ClientEntry(f"{name}:3", ("zuercher@example.org",), initials="BZ", region="CH"),
    )
    assert expected == of_corpus(name)


@pytest.mark.parametrize(
    "heading",
    [
        # English, as systems and people write it.
        "email", "E-Mail", "e-mail address", "Email Address 2", "Primary Email", "EMAILS", "Client E-mail",
        "E-mail 1 - Value", "E-mail 3 Address",
        # Spanish, French, German.
        "Correo", "Correo electrónico", "Dirección de correo electrónico", "Courriel", "Adresse e-mail",
        "Adresse de messagerie", "Adresse de courriel", "E-Mail-Adresse", "E-Mail 2: Adresse", "Mail",
    ],
)  # fmt: skip
def test_a_heading_of_addresses_is_recognised_in_four_languages(heading: str) -> None:
    """Whatever its case, accents and signs."""
    assert ("one@example.org",) == only(f"{heading},x\none@example.org,y\n").addresses


@pytest.mark.parametrize(
    "heading",
    ["E-mail Type", "E-mail 1 - Label", "E-Mail: Angezeigter Name", "Mailing Address", "Address", "Notes"],
)
def test_a_heading_of_something_else_is_no_column_of_addresses(heading: str) -> None:
    """Then the table has none."""
    with pytest.raises(ValueError, match="no heading is one of addresses"):
        read(f"{heading}\nSMTP\n")


@pytest.mark.parametrize(
    "headings",
    [
        # The program's own words, then the others'.
        "id,email,zone,language,region,auto_reply,active",
        "Client ID,E-mail,Time Zone,Language,Country,Auto Reply,Active",
        "ID de cliente,Correo,Zona horaria,Idioma,País,Respuesta automática,Activo",
        "Identifiant,Courriel,Fuseau horaire,Langue,Pays,Réponse automatique,Actif",
        "Klienten-Nr.,E-Mail,Zeitzone,Sprache,Land,Automatische Antwort,Aktiv",
    ],
)
def test_every_field_is_recognised_in_four_languages(headings: str) -> None:
    """As the program knows it."""
    entry = only(f"{headings}\n17,one@example.org,Europe/Berlin,de,DE,full,no\n")

    expected = ClientEntry(
        "clients.csv:2",
        ("one@example.org",),
        id="17",
        zone="Europe/Berlin",
        language="de",
        region="DE",
        auto_reply=AutoReply.FULL,
        active=False,
    )
    assert expected == entry


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(delimiter: str, end: str) -> None:
    """A comma in a quoted heading is none of them."""
    rows = [["email", '"Name, first"'], ["one@example.org", "x"]]
    text = end.join(delimiter.join(row) for row in rows)

    assert ("one@example.org",) == only(text).addresses


def test_a_line_of_excel_that_names_the_delimiter_is_passed_over_and_counted() -> None:
    """`sep=;`."""
    assert "clients.csv:3" == only("sep=;\nemail;name\none@example.org;x\n").place


def test_a_line_separator_within_a_cell_ends_no_row() -> None:
    """U+2028 comes from web pages."""
    assert "AB" == only("email,name\none@example.org,Anna\u2028Bell\n").initials


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        # A column that is not recognised, two of them, a better one, none.
        ({"email": ("Kontakt",)}, ("k@example.org",)),
        ({"email": ("Kontakt", "Privat")}, ("k@example.org", "p@example.org")),
        ({"email": ("privat",)}, ("p@example.org",)),
        ({"id": ("Kürzel",)}, ("m@example.org",)),
    ],
)
def test_columns_can_be_chosen_by_their_headings(
    columns: dict[str, tuple[str, ...]], expected: tuple[str, ...]
) -> None:
    """Without regard to case."""
    text = "Mail,Kontakt,Privat,Kürzel\nm@example.org,k@example.org,p@example.org,A-7\n"

    entry = only(text, **columns)

    assert expected == entry.addresses
    assert ("A-7" if "id" in columns else None) == entry.id


def test_a_name_in_two_chosen_columns_is_given_and_family_name() -> None:
    """And an empty choice means that a field has no column."""
    text = "email,Ruf,Haus,country\none@example.org,Anna Maria,Bell,Elbonia\n"

    entry = only(text, name=("Ruf", "Haus"), region=("",))

    assert ("AB", None) == (entry.initials, entry.region)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        # Nothing, headings forgotten, a column that is not there, a quotation mark that stays open.
        ("", "clients.csv: it is empty"),
        ("\n\n", "clients.csv: it is empty"),
        ("one@example.org\ntwo@example.org\n", "clients.csv:1: an address stands here"),
        ("name\nx\n", 'clients.csv:1: no heading is one of addresses; allowed: email, or .*: "name"'),
        (
            'email,name\na@example.org,x\nb@example.org,"y\nc@example.org,z\n',
            "clients.csv:3: a quotation mark",
        ),
        ('email,name\na@example.org,"x"y\n', "clients.csv:2: something stands after a closing"),
        (f"email,name\na@example.org,{'x' * 200_000}\n", "clients.csv:2: this line cannot be read"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_by_its_line(text: str, says: str) -> None:
    """And what is allowed."""
    with pytest.raises(ValueError, match=f"^{says}"):
        read(text)


def test_a_column_that_is_not_there_is_told_with_those_that_are() -> None:
    """As somebody chose it."""
    with pytest.raises(
        ValueError, match=r'clients\.csv:1: there is no column "Foo"; allowed: "email", "name"'
    ):
        read("email,name\n", id=("Foo",))


def test_what_is_wrong_with_a_row_is_told_at_once_without_its_text_and_the_rest_is_read() -> None:
    """By the row's first line."""
    listing = read(
        "email,language,auto_reply,active\n"
        "one@example.org,de,full,yes\n"
        "two@example.org,mumbled words,sometimes,perhaps\n"
        "three@example.org,de,full,yes,and,more\n"
        "four@example.org\n"
    )

    assert [("one@example.org",), ("four@example.org",)] == [each.addresses for each in listing.entries]
    assert ["clients.csv:3", "clients.csv:4"] == [each.place for each in listing.refused]
    wrong, long = (each.problem for each in listing.refused)
    assert 3 == wrong.count("is not understood; allowed: ")
    assert "there are 6 cells under 4 headings" in long
    assert not any(word in wrong + long for word in ("mumbled", "sometimes", "perhaps", "@"))
