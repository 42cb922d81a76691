"""Reads a configuration file, and says everything that is wrong with it at once."""

import json
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
from pydantic import BaseModel, ValidationError

from boundary_plugins.config.checks import cross_problems
from boundary_plugins.config.fees import fee_problems
from boundary_plugins.config.lines import KeyPath, key_lines
from boundary_plugins.config.paths import state_directory_of, with_absolute_paths
from boundary_plugins.config.place import Place, dotted
from boundary_plugins.config.schema import Config, ProviderTable
from boundary_plugins.config.wording import config_problems
from boundary_plugins.errors import ConfigError, ConfigProblem

Settings = TypeVar("Settings", bound=BaseModel)

_SYNTAX_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


def default_path() -> Path:
    """Where the configuration lies unless `--config` says otherwise (platformdirs' place)."""
    return Path(platformdirs.user_config_dir("boundary", appauthor=False)) / "config.toml"


def state_directory(config: Config) -> Path:
    """Where the store, its locks and its files lie."""
    return state_directory_of(config)


def load(path: Path) -> Config:
    """The configuration in the file. Raises ConfigError with every problem, in the order of the lines."""
    path = path.expanduser().absolute()
    return parse(read_text(path), file=str(path), base=path.parent)


def parse(text: str, *, file: str, base: Path) -> Config:
    """The configuration in a TOML text; `file` names it in errors, relative paths start at `base`."""
    raw = _toml(text, file)
    place = Place(file, key_lines(text), base)
    problems = [*_times_of_toml(raw, place, ()), *cross_problems(raw, place)]
    if raw.get("fees"):
        problems += fee_problems(raw, place)
    for required in ("practice", "therapist", "hours"):
        raw.setdefault(required, {})
    config: Config | None = None
    try:
        config = Config.model_validate_json(_json(raw))
    except ValidationError as error:
        problems += config_problems(error, Config, place)
    if problems or config is None:
        raise ConfigError(in_order(problems))
    placed = with_absolute_paths(config, base)
    placed.put(place)
    return placed


def validate_settings(model: type[Settings], table: ProviderTable) -> Settings:
    """The plugin's own keys of a table, by the plugin's own model.

    A key of ours (`name`, `closes` …) that the model declares too is handed to it as well. Every `Path`
    in the result is absolute. Raises ConfigError with file, line and key, like `load`.
    """
    place = table.place
    ours = {name: getattr(table, name) for name in type(table).model_fields if name != "settings"}
    values = {name: value for name, value in ours.items() if name in model.model_fields} | dict(
        table.settings
    )
    try:
        settings = model.model_validate_json(_json(values), strict=True)
    except ValidationError as error:
        raise ConfigError(in_order(list(config_problems(error, model, place)))) from None
    return with_absolute_paths(settings, place.base)


def read_text(path: Path) -> str:
    """The text of a configuration file. Raises ConfigError with one sentence about why there is none."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read()
    except FileNotFoundError:
        raise _one(path, "there is no configuration here; make one with: boundary init") from None
    except PermissionError:
        raise _one(path, "may not be read by this user; allowed: a file that you own") from None
    except IsADirectoryError:
        raise _one(path, "is a folder; allowed: a file, such as config.toml in it") from None
    except OSError as error:
        raise _one(path, f"cannot be read ({error.strerror})") from None
    if os.name == "posix" and mode & stat.S_IWOTH:
        # Whoever writes the configuration chooses which code runs next to health mail.
        raise _one(path, "may be changed by every user of this machine; make it yours with: chmod o-w FILE")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _one(path, "is not UTF-8 text", line) from None


def _one(path: Path, problem: str, line: int | None = None) -> ConfigError:
    return ConfigError((ConfigProblem(str(path), line, "", problem),))


def _toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_PLACE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        says = _SYNTAX_PLACE.sub("", str(error))
        problem = f"this is not TOML: {says[:1].lower()}{says[1:]}"
        raise ConfigError((ConfigProblem(file, line, "", problem),)) from None


def _times_of_toml(value: Any, place: Place, path: KeyPath) -> Iterator[ConfigProblem]:
    """Dates and times without quotes: only texts are taken, so that nobody has to know TOML's own rules."""
    if isinstance(value, date | time):
        problem = f'needs quotes; allowed: "{value.isoformat()}"'
        yield ConfigProblem(place.file, place.line(path), dotted(path), problem)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _times_of_toml(inner, place, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _times_of_toml(inner, place, (*path, index))


def _json(raw: Any) -> str:
    """The table as JSON: read from it, strict types still take texts for paths, dates and choices."""
    return json.dumps(raw, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)


def in_order(problems: Iterable[ConfigProblem]) -> tuple[ConfigProblem, ...]:
    """By line; what has no line comes last. One key has one problem."""
    ordered = sorted(problems, key=lambda problem: (problem.line is None, problem.line or 0, problem.key))
    return tuple({(problem.line, problem.key): problem for problem in reversed(ordered)}.values())[::-1]
