"""What a plugin author imports: values, ports, codecs, errors and `hookimpl`; loaded when first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundary_plugins.core.fact import UNKNOWN as UNKNOWN

_HOMES: dict[str, str] = {
    "UNKNOWN": "boundary_plugins.core.fact",
}

__all__ = ["UNKNOWN"]


def __getattr__(name: str) -> Any:
    """Import the module that holds `name` when somebody asks for it."""
    if name not in _HOMES:
        raise AttributeError(f"boundary_plugins has no {name!r}")
    return getattr(import_module(_HOMES[name]), name)
