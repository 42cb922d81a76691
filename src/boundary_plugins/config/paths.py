"""Paths of a configuration: `~` is the home, and a relative path starts at the configuration's folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import platformdirs
from pydantic import BaseModel

if TYPE_CHECKING:
    from boundary_plugins.config.schema import Config

Model = TypeVar("Model", bound=BaseModel)


def state_directory_of(config: "Config") -> Path:
    """Where the store, its locks and its files lie (platformdirs' place, unless the file names one)."""
    usual = Path(platformdirs.user_state_dir("boundary", appauthor=False))
    return config.store.state_directory or usual


def absolute_path(path: Path, base: Path) -> Path:
    """The path with `~` expanded, from `base` where it is relative."""
    try:
        return base / path.expanduser()
    except RuntimeError:
        # The home of a user that is not known: the path stays as it is written and is not found later.
        return base / path


def with_absolute_paths(model: Model, base: Path) -> Model:
    """The model with every Path in it absolute, also in lists, tables and models inside it."""
    changed = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        replaced = _absolute(value, base)
        if replaced is not value:
            changed[name] = replaced
    return model.model_copy(update=changed) if changed else model


def _absolute(value: Any, base: Path) -> Any:
    if isinstance(value, Path):
        return absolute_path(value, base)
    if isinstance(value, BaseModel):
        return with_absolute_paths(value, base)
    if type(value) in (list, tuple):
        items = [_absolute(item, base) for item in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else type(value)(items)
    if type(value) is dict:
        return {key: _absolute(inner, base) for key, inner in value.items()}
    return value
