"""Microsoft Graph's published description: which calls there are, and what fits them."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator

Json = dict[str, Any]

#: Where the vendors' descriptions lie, which are no part of the project.
FOLDERS = (os.environ.get("BOUNDARY_API_DESCRIPTIONS", ""), str(Path(__file__).parents[3] / "shared" / "api"))
#: What only a link of the server itself may say; no description knows them.
_TOKENS = frozenset({"$deltatoken", "$skiptoken"})


def description_file() -> Path | None:
    """The description, where it is on this machine."""
    files = (Path(folder) / "graph-openapi.json" for folder in FOLDERS if folder)
    return next((file for file in files if file.is_file()), None)


@dataclass(frozen=True, slots=True)
class Call:
    """One operation, as the description names it ("GET /messages/{message-id}"), and what its path says.

    `user` is whom the path names, None for `/me`.
    """

    name: str
    user: str | None
    operation: Json
    in_path: Mapping[str, str]


class Description:
    """The calls of v1.0."""

    def __init__(self, file: Path) -> None:
        """Read the file."""
        self._document: Json = json.loads(file.read_text("utf-8"))
        self._validators: dict[str, Draft202012Validator] = {}
        # A path without a parameter is meant before one that would take its last part for an id.
        paths = sorted(self._document["paths"].items(), key=lambda item: (item[0].count("{"), item[0]))
        self._paths = [(_pattern(path), path, item) for path, item in paths]

    def call(self, verb: str, path: str) -> Call | None:
        """The operation that a request means; None where there is none."""
        for pattern, template, item in self._paths:
            found = pattern.fullmatch(path)
            if found and verb.lower() in item:
                names = _parameter_names(template)
                values = dict(zip(names, map(unquote, found.groups()), strict=True))
                user = values.pop("user-id", None)
                short = template.removeprefix("/me").removeprefix("/users/{user-id}")
                return Call(f"{verb} {short}", user, item[verb.lower()], values)
        return None

    def query_problems(self, call: Call, query: Sequence[tuple[str, str]]) -> Iterator[str]:
        """Unknown, repeated or wrongly written parameters."""
        known = {each["name"]: each for each in call.operation["parameters"] if each["in"] == "query"}
        names = [name for name, _ in query]
        for name, text in query:
            if name in _TOKENS:
                continue
            if name not in known:
                yield f"there is no parameter {name}"
                continue
            if names.count(name) > 1:
                yield f"parameter {name} stands there twice"
            schema = known[name]["schema"]
            yield from self._problems(f"parameter {name}", schema, _value(schema, text))

    def body_problems(self, call: Call, body: object | None) -> Iterator[str]:
        """What is wrong with the JSON of a request."""
        taken = call.operation.get("requestBody", {}).get("content", {}).get("application/json")
        if taken is None:
            if body is not None:
                yield "a body where none is taken"
            return
        yield from self._problems("body", taken["schema"], body)

    def answer_problems(self, call: Call, status: int, body: object | None) -> Iterator[str]:
        """What is wrong with the JSON of an answer."""
        responses = call.operation["responses"]
        content = responses["2XX" if 200 <= status < 300 else "default"].get("content", {})
        given = content.get("application/json")
        if given is None:
            if body is not None and not content:
                yield "an answer where none is given"
            return
        yield from self._problems("answer", given["schema"], body)

    def _problems(self, place: str, schema: Json, value: object) -> Iterator[str]:
        """What does not fit a schema, with the place of each."""
        key = json.dumps(schema, sort_keys=True)
        validator = self._validators.get(key)
        if validator is None:
            whole = {**schema, "components": self._document["components"]}
            validator = self._validators[key] = Draft202012Validator(whole)
        for error in validator.iter_errors(value):
            yield f"{place}{error.json_path[1:]}: {error.message[:200]}"


def _pattern(template: str) -> re.Pattern[str]:
    """The expression for a path; each parameter is one segment."""
    return re.compile(re.sub(r"\\\{[^/]+?\\\}", "([^/]+)", re.escape(template)))


def _parameter_names(template: str) -> list[str]:
    """The names of the parameters in a path, in order."""
    return re.findall(r"\{([^}]+)\}", template)


def _value(schema: Json, text: str) -> object:
    """A parameter's value in its own type; as it was written where it is none of it."""
    if schema.get("type") == "array":
        return _listed(text)
    if schema.get("type") == "boolean" and text in ("true", "false"):
        return text == "true"
    if schema.get("type") == "integer" and text.isdigit():
        return int(text)
    return text


def _listed(text: str) -> list[str]:
    """A list divided by commas, which may stand in parentheses without dividing."""
    return re.findall(r"(?:[^,(]|\([^)]*\))+", text)


@lru_cache(maxsize=1)
def description() -> Description | None:
    """The description, read once; None where it is not on this machine."""
    file = description_file()
    return Description(file) if file else None
