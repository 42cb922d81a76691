"""Which column of a table of clients means what, by its heading in English, Spanish, French or German."""

import re
from collections.abc import Iterable, Mapping, Sequence

from boundary_files.client_words import folded

#: By field, the folded headings that mean it; in the order in which they are preferred.
_EMAIL = (
    r"(primary|preferred|main|private|personal|home|work|business|other|client|second(ary)?|alternat(iv)?e|additional)?e?mails?(\d*(value|addresse?s?|adressen?))?\d*",
    r"(direcciond?e?l?)?(correo|email)(electronico)?s?\d*",
    r"(adresse)?(de)?(courriel|email|mail|messagerie|electronique)(electronique)?s?\d*",
)
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": (
        r"id|(client|clients|patient|customer)(id|number|no|nr)|contactid|idde(l)?(cliente|paciente)|id(cliente|paciente)",
        r"numerode(cliente|paciente)|identifiant|numero(de)?(client|patient)|(klienten|patienten|kunden)(nr|nummer|id)",
    ),
    "initials": (r"initials?|iniciales|initiales|initialen|kurzel",),
    "given": (r"(first|given)name|vorname|prenoms?|nombre(s|depila)?",),
    "family": (r"(last|family)name|surname|nachname|familienname|apellidos?|nomdefamille",),
    "name": (r"(full|display|client|patient)?name|fileas|nombrecompleto|nom(complet)?|vollstandigername",),
    "email": _EMAIL,
    "zone": (r"zone|timezone|zeitzone|(zona|huso)horari[ao]|fuseauhoraire",),
    "language": (r"(preferred)?language|idioma|lengua|langue|sprache",),
    "region": (r"region|country(code|region)?|pais|pays|land",),
    "home country": (
        r"(home|address1|mailing|privat)country(region)?|landregionprivat|paisoregiondeldomicilio|paysregiondomicile",
    ),
    "auto_reply": (r"auto(matic)?reply|automatischeantwort|respuestaautomatica|reponseautomatique",),
    "active": (r"active|activ[oa]|actif|aktiv",),
}
#: What `--map` and `columns` may name; "name" may be two columns, the given and the family name.
FIELDS = ("id", "initials", "name", "email", "zone", "language", "region", "auto_reply", "active")
_PATTERNS = {field: [re.compile(each) for each in patterns] for field, patterns in _HEADINGS.items()}
#: Two columns of one of these are two values of a client.
_MANY = frozenset({"email", "home country"})

Columns = Mapping[str, tuple[int, ...]]


def columns_of(headings: Sequence[str], chosen: Mapping[str, tuple[str, ...]]) -> Columns:
    """The indexes of the columns by field; `chosen` headings come first, and an empty one means none.

    Raises ValueError for a chosen heading that is not there.
    """
    forms = [folded(heading) for heading in headings]
    found = {field: _recognised(field, forms) for field in _PATTERNS}
    for field, wanted in chosen.items():
        indexes = tuple(_index(forms, headings, heading) for heading in wanted if heading)
        if field == "name":
            given, family = (indexes[:1], indexes[1:]) if len(indexes) > 1 else ((), ())
            found |= {"given": given, "family": family, "name": () if given else indexes}
        else:
            found[field] = indexes
        if field == "region":
            found["home country"] = ()
    return found


def _recognised(field: str, forms: Sequence[str]) -> tuple[int, ...]:
    """The columns whose headings mean the field; of one that has one value, the first."""
    patterns = _PATTERNS[field]
    indexes = [
        index for index, form in enumerate(forms) if any(pattern.fullmatch(form) for pattern in patterns)
    ]
    return tuple(indexes if field in _MANY else indexes[:1])


def _index(forms: Sequence[str], headings: Iterable[str], wanted: str) -> int:
    """The column with a heading. Raises ValueError with what there is."""
    form = folded(wanted)
    if form not in forms:
        allowed = ", ".join(f'"{heading}"' for heading in headings if heading)
        raise ValueError(f'there is no column "{wanted}"; allowed: {allowed}')
    return forms.index(form)
