"""The settings of a mailbox of Exchange Online: one of them read, or changed, over Graph."""

import json
from collections.abc import Mapping
from typing import Any

from boundary_microsoft365.client import Graph, Json

_PATH = "/mailboxSettings"


def read_settings(graph: Graph, name: str) -> Json:
    """One setting. Raises ProviderError."""
    found = graph.get(_PATH, {"$select": name}).get(name)
    return found if isinstance(found, dict) else {}


def write_settings(graph: Graph, change: Mapping[str, Any]) -> None:
    """Change settings; the rest stays. Raises ProviderError.

    Done twice it is the same, so it is tried again where nobody can tell whether it was done.
    """
    graph.request("PATCH", _PATH, content=json.dumps(change).encode())
