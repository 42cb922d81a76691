"""The two-letter codes of countries and territories (ISO 3166-1 alpha-2, as of 2024)."""

import re

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
YT ZA ZM ZW
"""

REGION_CODES = frozenset(_CODES.split())

# What people write for a country whose code is another.
_OFTEN_MEANT = {"UK": "GB", "USA": "US", "EN": "GB", "ENGLAND": "GB", "GERMANY": "DE", "AUSTRIA": "AT"}

_SUBDIVISION = re.compile(r"[A-Z0-9]{1,3}")


def region_problem(region: str, *, subdivision_is_allowed: bool = False) -> str | None:
    """What is wrong with a region such as "US" (or "US-NY", where allowed); None where it is right."""
    country, dash, subdivision = region.partition("-")
    if country not in REGION_CODES:
        meant = _OFTEN_MEANT.get(country.upper()) or (
            country.upper() if country.upper() in REGION_CODES else None
        )
        return f'there is no region "{region}"' + (f'; did you mean "{meant}"?' if meant else "")
    if dash and not subdivision_is_allowed:
        return f'"{region}" names a part of a country; did you mean "{country}"?'
    if dash and not _SUBDIVISION.fullmatch(subdivision):
        return f'"{region}" has no usable part after the "-"'
    return None
