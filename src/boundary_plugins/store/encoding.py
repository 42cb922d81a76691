"""How reasons, facts and references become compact JSON, and come back."""

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256

from boundary_plugins.core.circumstances import Reason
from boundary_plugins.core.response import ResponseFacts, Wording
from boundary_plugins.store.tables import from_stored, to_stored

_COMPACT = json.JSONEncoder(separators=(",", ":"))


@lru_cache(maxsize=4096)
def encode_reasons(reasons: tuple[Reason, ...]) -> tuple[bytes, str]:
    """The digest and the JSON of a list of reasons; the same list gives the same digest anywhere."""
    text = _dumps([list(reason) for reason in reasons])
    return sha256(text.encode("utf-8")).digest()[:16], text


def decode_reasons(text: str | None) -> tuple[Reason, ...]:
    """The reasons of a stored list; none where nothing was stored."""
    return tuple(Reason(*entry) for entry in json.loads(text)) if text else ()


def encode_facts(facts: ResponseFacts) -> str:
    """The facts of a response as JSON."""
    opening, promised = facts.next_opening_at, facts.promised_by
    return _dumps(
        {
            "wording": facts.wording.value,
            "next_opening_at": None if opening is None else to_stored(opening),
            "promised_by": None if promised is None else promised.isoformat(),
            "promises_next_opening": facts.promises_next_opening,
            "zone": facts.zone,
            "practice_zone": facts.practice_zone,
            "language": facts.language,
            "region": facts.region,
            "discreet": facts.discreet,
        }
    )


def decode_facts(text: str) -> ResponseFacts:
    """The facts of a stored response."""
    stored = json.loads(text)
    opening, promised = stored.pop("next_opening_at"), stored.pop("promised_by")
    return ResponseFacts(
        wording=Wording(stored.pop("wording")),
        next_opening_at=None if opening is None else from_stored(opening),
        promised_by=None if promised is None else date.fromisoformat(promised),
        **stored,
    )


def encode_references(references: Sequence[str]) -> str:
    """Message-IDs as JSON."""
    return _dumps(list(references)) if references else "[]"


def decode_references(text: str) -> tuple[str, ...]:
    """The Message-IDs that were stored."""
    return tuple(json.loads(text))


def _dumps(value: object) -> str:
    """Compact JSON in ASCII, which every database takes, lone surrogates included."""
    return _COMPACT.encode(value)
