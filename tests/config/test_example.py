"""The configurations that ship: they load, the example holds every key, and every block is explained."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from boundary_plugins.config.lines import key_lines
from boundary_plugins.config.load import load, parse
from boundary_plugins.config.schema import Config, Responses

FOLDER = Path(__file__).resolve().parents[2] / "config"
EXAMPLE = FOLDER / "example.toml"
# What fits only where everyone is answered stands in an example of its own.
SERVER = FOLDER / "mail_server.toml"
SHIPPED = ["demo.toml", "example.toml", "mail_server.toml"]

# Keys of the examples that belong to a plugin.
PLUGIN_KEYS = {
    "mailboxes.path",
    "mailboxes.host",
    "mailboxes.username",
    "mailboxes.password_secret",
    "publishers.host",
    "publishers.username",
    "publishers.password_secret",
    "mailboxes.sent",
    "mailboxes.smtp",
    "mailboxes.smtp.host",
    "mailboxes.smtp.port",
    "mailboxes.smtp.security",
    "mailboxes.smtp.username",
    "mailboxes.smtp.password_secret",
    "calendars.paths",
    "publishers.path",
    "publishers.language",
    "publishers.holidays",
    "client_directories.path",
    "client_directories.columns",
    "client_directories.columns.id",
    "client_directories.columns.email",
}


def keys_of_schema(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if name == "settings":
            continue
        yield (key := f"{prefix}{field.alias or name}")
        for inner in models_in(field.annotation):
            yield from keys_of_schema(inner, f"{key}.")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def keys_of_text(text: str) -> set[str]:
    paths = key_lines(text)
    return {".".join(part for part in path if isinstance(part, str)) for path in paths}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_configuration_that_ships_loads_alone(name: str) -> None:
    config = load(FOLDER / name)

    assert "therapist@example.com" == config.therapist.addresses[0]


def test_every_key_of_the_schema_stands_in_the_examples_and_no_other() -> None:
    written = keys_of_text(EXAMPLE.read_text()) | keys_of_text(SERVER.read_text())

    assert set(keys_of_schema(Config)) == written - PLUGIN_KEYS


def test_the_values_of_the_responses_section_are_the_defaults_as_its_comment_says() -> None:
    text = EXAMPLE.read_text()
    minimal = "\n".join(
        [
            '[practice]\nname = "Quiet Harbor"\nzone = "America/New_York"',
            '[therapist]\naddresses = ["therapist@example.com"]',
            '[hours]\nweekly = "mon 09:00-12:00"',
        ]
    )
    shown = tomllib.loads(text)["responses"]
    del shown["template_directory"]

    assert (
        Responses.model_validate_json(json.dumps(shown))
        == parse(minimal, file="minimal.toml", base=FOLDER).responses
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_every_block_is_explained_by_a_comment_above_it(name: str) -> None:
    lines = (FOLDER / name).read_text().splitlines()

    bare = [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if line.startswith("[") and not above.startswith("#")
    ]

    assert [] == bare


def test_every_key_has_a_description_and_says_what_is_allowed() -> None:
    silent = list(silent_keys(Config))

    assert [] == silent


def silent_keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if not field.description or not (isinstance(extra, dict) and extra.get("allowed")):
            yield f"{model.__name__}.{name}"
        for inner in models_in(field.annotation):
            yield from silent_keys(inner)
