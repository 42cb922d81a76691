"""Microsoft's published schemas of EWS, by which everything that our server hears and says is checked."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
NAMESPACES = {"s": SOAP, "t": TYPES, "m": MESSAGES}


def schemas() -> Path | None:
    """The folder with the schemas; None where this machine has none."""
    usual = Path(__file__).parents[3] / "shared" / "api"
    folder = Path(os.environ.get("BOUNDARY_API_DESCRIPTIONS") or usual) / "ews"
    return folder if (folder / "messages.xsd").exists() else None


@cache
def _schema(file: Path) -> Any:
    """A schema with those it includes; it takes a while to load."""
    return etree.XMLSchema(etree.parse(str(file)))


def load_schemas() -> None:
    """Load what takes a while, so that no request waits for it."""
    folder = schemas()
    if folder is not None:
        _schema(folder / "messages.xsd")
        _schema(folder / "types.xsd")


def violations(envelope: bytes) -> list[str]:
    """What an envelope says that the schemas do not know; nothing where there are no schemas."""
    folder = schemas()
    if folder is None:
        return []
    root = etree.fromstring(envelope)
    parts = [(each, "types.xsd") for each in root.iterfind("s:Header/*", NAMESPACES)]
    parts += [(each, "messages.xsd") for each in root.iterfind("s:Body/*", NAMESPACES)]
    found = []
    for part, file in parts:
        if part.tag == f"{{{SOAP}}}Fault":
            continue
        schema = _schema(folder / file)
        # On its own, so that no name space of the envelope counts.
        if not schema.validate(etree.fromstring(etree.tostring(part))):
            found += [f"{etree.QName(part).localname}: {error.message}" for error in schema.error_log]
    return found
