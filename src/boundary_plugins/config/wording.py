"""What pydantic found wrong, as sentences that name the key and what is allowed."""

import difflib
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from boundary_plugins.config.lines import KeyPath
from boundary_plugins.config.place import Place, dotted
from boundary_plugins.core.durations import format_duration
from boundary_plugins.errors import ConfigProblem

_WRONG_TYPE = {
    "string_type": "must be a text in quotes",
    "string_sub_type": "must be a text in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list in [ ]",
    "list_type": "must be a list in [ ]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "mapping_type": "must be a table",
    "path_type": "must be a path in quotes",
    "too_short": "has too few entries",
    "too_long": "has too many entries",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "is not one of the allowed forms",
}


#: How a bound of a number reads.
_BOUNDS = {"ge": "from", "le": "at most", "gt": "more than", "lt": "less than"}
#: How pydantic names a key of a mapping in a path, and the choices in a sentence.
_KEY = "[key]"
_CHOICE = re.compile(r"'([^']+)'")


def config_problems(error: ValidationError, model: type[BaseModel], place: Place) -> Iterator[ConfigProblem]:
    """Each finding about a table validated by `model`, with its line; no value of a plugin's is shown."""
    found = error.errors(include_url=False)
    for details in found:
        path: KeyPath = _path(details)
        # A list with a wrong entry is also counted as short of it; the entry says enough.
        inside = any(other["loc"][: len(path)] == path != other["loc"] for other in found)
        if details["type"] == "too_short" and inside:
            continue
        holder, field = _find(model, path)
        says = _key_sentence(details) if path != details["loc"] else _sentence(details, holder, field)
        yield ConfigProblem(place.file, place.line(path), dotted((*place.path, *path)), says)


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys a table of this model may have, as they are written in the file."""
    return tuple(field.alias or name for name, field in model.model_fields.items() if name != "settings")


def _path(details: ErrorDetails) -> KeyPath:
    """Where it stands; of a key of a mapping, where its value stands."""
    path: KeyPath = details["loc"]
    return path[:-1] if path and path[-1] == _KEY else path


def _key_sentence(details: ErrorDetails) -> str:
    """The sentence about a key of a mapping, which only certain keys may have."""
    return unknown_key(str(details["input"]), tuple(_CHOICE.findall(_allowed(None, details))))


def _sentence(details: ErrorDetails, holder: type[BaseModel] | None, field: FieldInfo | None) -> str:
    kind = details["type"]
    if kind == "extra_forbidden":
        return unknown_key(str(details["loc"][-1]), keys_of(holder) if holder else ())
    if kind == "missing":
        says = "is missing"
    elif kind in ("enum", "literal_error"):
        says = f'"{details["input"]}" is not one of the choices'
    elif kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        says = f"{_shown(details['input'])} is too {'small' if kind.startswith('greater') else 'large'}"
    else:
        says = _WRONG_TYPE.get(kind) or details["msg"].removeprefix("Value error, ")
    return with_allowed(says, _allowed(field, details))


def _shown(value: object) -> str:
    return format_duration(value) if isinstance(value, timedelta) else str(value)


def unknown_key(key: str, known: tuple[str, ...]) -> str:
    """The sentence about a key that nobody knows, with a near miss where there is one."""
    near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return with_allowed(f"is not a known key{hint}", ", ".join(known))


def with_allowed(says: str, allowed: str) -> str:
    """The sentence, and what is allowed instead, unless it says so already."""
    if "; allowed: " in says:
        return says
    return f"{says.removesuffix('.')}; allowed: {allowed}" if allowed else says


def _allowed(field: FieldInfo | None, details: ErrorDetails) -> str:
    if field is not None and isinstance(field.json_schema_extra, dict):
        return str(field.json_schema_extra.get("allowed", ""))
    limits = details.get("ctx", {})
    if bounds := _BOUNDS.keys() & limits.keys():
        return " and ".join(f"{_BOUNDS[bound]} {_number(limits[bound])}" for bound in sorted(bounds))
    expected = str(limits.get("expected", ""))
    return expected or (field.description or "" if field is not None else "")


def _number(bound: object) -> str:
    """A bound as a person writes it."""
    return f"{bound:g}" if isinstance(bound, float) else str(bound)


def _find(model: type[BaseModel], path: KeyPath) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """The model that holds the key at the end of the path, and that key's field, as far as known."""
    holder: type[BaseModel] | None = model
    inner: type[BaseModel] | None = model
    field: FieldInfo | None = None
    for part in path:
        if isinstance(part, int):
            continue
        holder = inner
        field = _field(holder, part)
        inner = next(_models(field.annotation), None) if field is not None else None
    return holder, field


def _field(model: type[BaseModel] | None, key: str) -> FieldInfo | None:
    if model is None:
        return None
    fields = model.model_fields
    return fields.get(key) or next((field for field in fields.values() if field.alias == key), None)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
