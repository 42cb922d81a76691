"""A Google API's description, as the client library carries it: which calls there are, and what fits them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import googleapiclient

Json = dict[str, Any]

_DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}
#: How a value is written whose format says more than its type (bounds are left to the server's own state).
_FORMATS = {
    "uint64": re.compile(r"\d+\Z"),
    "int64": re.compile(r"-?\d+\Z"),
    "uint32": re.compile(r"\d+\Z"),
    "int32": re.compile(r"-?\d+\Z"),
    "byte": re.compile(r"[A-Za-z0-9_+/-]*={0,2}\Z"),
    "date": re.compile(r"\d{4}-\d\d-\d\d\Z"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One method of a description ("gmail.users.messages.send"), and what its path says."""

    id: str
    method: Json
    in_path: Mapping[str, str]

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes of which one is enough."""
        return frozenset(self.method.get("scopes", ()))


class Description:
    """One API, such as gmail.v1."""

    def __init__(self, name: str) -> None:
        """Read the document that lies beside the client library's code."""
        self._document: Json = json.loads((_DOCUMENTS / f"{name}.json").read_text("utf-8"))
        self._schemas: Json = self._document["schemas"]
        self._paths = [
            (method["httpMethod"], _pattern(self._document["servicePath"] + method["path"], method), method)
            for method in _methods(self._document)
        ]

    def call(self, verb: str, path: str) -> Call | None:
        """The method that a request means; None where there is none."""
        for has_verb, pattern, method in self._paths:
            found = pattern.fullmatch(path.lstrip("/")) if verb == has_verb else None
            if found:
                names = {name: unquote(value) for name, value in found.groupdict().items()}
                return Call(method["id"], method, names)
        return None

    def problems_of_request(
        self, call: Call, query: Sequence[tuple[str, str]], body: object | None
    ) -> list[str]:
        """Unknown or wrongly written parameters and fields."""
        problems = list(self._query_problems(call, query))
        schema = call.method.get("request")
        if schema is None:
            return [*problems, "a body where none is taken"] if body not in (None, {}) else problems
        return [*problems, *self._problems("body", schema, body)]

    def problems_of_response(self, call: Call, body: object | None) -> list[str]:
        """Unknown or wrongly written fields of an answer."""
        schema = call.method.get("response")
        if schema is None:
            return ["an answer where none is given"] if body else []
        return list(self._problems("answer", schema, body))

    def parameters(self, call: Call, query: Sequence[tuple[str, str]]) -> Json:
        """Path and query in one, repeated ones as lists, numbers and booleans as such."""
        found: Json = dict(call.in_path)
        for name, text in query:
            known = self._parameter(call, name)
            if known is None:
                continue
            value = _value(known, text)
            if known.get("repeated"):
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        return found

    def _parameter(self, call: Call, name: str) -> Json | None:
        """What the description says of a parameter."""
        everywhere = self._document.get("parameters", {})
        found: Json | None = call.method.get("parameters", {}).get(name) or everywhere.get(name)
        return found

    def _query_problems(self, call: Call, query: Sequence[tuple[str, str]]) -> Iterator[str]:
        """What is wrong with a query."""
        names = [name for name, _ in query]
        for name, text in query:
            known = self._parameter(call, name)
            if known is None or known.get("location") != "query":
                yield f"{call.id} has no parameter {name}"
                continue
            if names.count(name) > 1 and not known.get("repeated"):
                yield f"parameter {name} stands there twice"
            pattern = _FORMATS.get(known.get("format", ""))
            if pattern and not pattern.match(text):
                yield f"parameter {name} is no {known['format']}"
            if known["type"] == "boolean" and text not in ("true", "false"):
                yield f"parameter {name} is no boolean"
            if "enum" in known and text not in known["enum"]:
                yield f"parameter {name} is not one of {', '.join(known['enum'])}"
        for name, known in call.method.get("parameters", {}).items():
            if known.get("required") and name not in names and name not in call.in_path:
                yield f"parameter {name} is missing"

    def _problems(self, place: str, schema: Json, value: object) -> Iterator[str]:
        """What is wrong with a value, with the place of each."""
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"]]
        kind = schema.get("type", "any")
        if kind == "any":
            return
        if not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind != "boolean"):
            yield f"{place} is {type(value).__name__} and not {kind}"
        elif isinstance(value, dict):
            yield from self._object_problems(place, schema, value)
        elif isinstance(value, list):
            for index, each in enumerate(value):
                yield from self._problems(f"{place}[{index}]", schema["items"], each)
        else:
            yield from _scalar_problems(place, schema, value)

    def _object_problems(self, place: str, schema: Json, value: Json) -> Iterator[str]:
        """What is wrong with an object's fields."""
        properties, further = schema.get("properties", {}), schema.get("additionalProperties")
        for name, each in value.items():
            inner = properties.get(name, further)
            if inner is None:
                yield f"{place} has no field {name}"
            else:
                yield from self._problems(f"{place}.{name}", inner, each)


def _scalar_problems(place: str, schema: Json, value: object) -> Iterator[str]:
    """What is wrong with a text or a number."""
    pattern = _FORMATS.get(schema.get("format", ""))
    if pattern and not pattern.match(str(value)):
        yield f"{place} is no {schema['format']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} is not one of {', '.join(schema['enum'])}"


def _value(known: Json, text: str) -> object:
    """A parameter's value in its own type."""
    if known["type"] == "boolean":
        return text == "true"
    if known["type"] == "integer" and text.lstrip("-").isdigit():
        return int(text)
    return text


def _methods(resource: Json) -> Iterator[Json]:
    """Every method of a resource and of those below it."""
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


def _pattern(template: str, method: Json) -> re.Pattern[str]:
    """The expression for a path template: `{name}` is one segment, `{+name}` what its own pattern says."""
    parameters = method.get("parameters", {})
    parts = re.split(r"\{(\+?\w+)\}", template)
    made = [
        re.escape(part) if index % 2 == 0 else _group(part, parameters) for index, part in enumerate(parts)
    ]
    return re.compile("".join(made))


def _group(name: str, parameters: Json) -> str:
    """The named group of a path parameter."""
    if not name.startswith("+"):
        return f"(?P<{name}>[^/]+)"
    pattern = parameters[name[1:]].get("pattern", "^.+$")
    return f"(?P<{name[1:]}>{pattern.removeprefix('^').removesuffix('$')})"


@lru_cache(maxsize=4)
def description(name: str) -> Description:
    """The description of an API, read once."""
    return Description(name)
