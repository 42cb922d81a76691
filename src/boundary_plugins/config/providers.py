"""Compares the provider tables of a configuration with what the enabled plugins offer."""

import difflib
from collections.abc import Mapping

from pydantic import BaseModel

from boundary_plugins.config.load import in_order, validate_settings
from boundary_plugins.config.place import problem_at
from boundary_plugins.config.schema import Config, ProviderTable
from boundary_plugins.config.wording import with_allowed
from boundary_plugins.errors import ConfigError, ConfigProblem

SECTIONS = ("mailboxes", "calendars", "publishers")


def provider_settings(
    config: Config, offered: Mapping[str, Mapping[str, type[BaseModel]]]
) -> dict[tuple[str, str], BaseModel]:
    """The checked settings of every table, by section and name: ("mailboxes", "main").

    `offered` has, by section, the settings model of each kind that enabled plugins offer. Raises
    ConfigError with every problem of every table at once.
    """
    settings: dict[tuple[str, str], BaseModel] = {}
    problems: list[ConfigProblem] = []
    for section in SECTIONS:
        tables: tuple[ProviderTable, ...] = getattr(config, section)
        for table in tables:
            try:
                model = _model(table, section, offered.get(section, {}))
                settings[section, table.name] = validate_settings(model, table)
            except ConfigError as error:
                problems += error.problems
    if problems:
        raise ConfigError(in_order(problems))
    return settings


def _model(table: ProviderTable, section: str, offered: Mapping[str, type[BaseModel]]) -> type[BaseModel]:
    if table.kind in offered:
        return offered[table.kind]
    near = difflib.get_close_matches(table.kind, offered, n=1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    says = f'no enabled plugin offers "{table.kind}" for {section}{hint}'
    kinds = ", ".join(f'"{kind}"' for kind in sorted(offered)) or "nothing, until a plugin is enabled"
    raise ConfigError((problem_at(table.place, ("kind",), with_allowed(says, kinds)),))
