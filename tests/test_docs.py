"""The documentation is true: every name stands in it, every block runs or parses, every link leads somewhere."""

import inspect
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel

from boundary_plugins.cli import COMMANDS, boundary
from boundary_plugins.config.load import parse
from boundary_plugins.config.schema import Config
from boundary_plugins.core.suppression import SUPPRESSION_RULES
from boundary_plugins.host import hookspecs
from boundary_plugins.host.providers import Capability

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "writing_a_plugin.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "plugins").glob("*/README.md"))]


def blocks(language: str) -> list[Any]:
    """Every block of a language in every page, named by page and line."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in re.finditer(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            line = text.count("\n", 0, match.start()) + 1
            found.append(pytest.param(match[1], id=f"{page.name}:{line}"))
    return found


@pytest.mark.parametrize("source", blocks("python"))
def test_a_python_block_runs(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands, from top to bottom; a mailbox bench of the guide is abstract on purpose."""
    # What a block imports is not there for the tests that come after.
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    compiled = compile(source, "documentation", "exec")

    namespace: dict[str, Any] = {"__name__": "documentation"}
    exec(compiled, namespace)

    assert set(namespace) > {"__name__", "__builtins__"}


@pytest.mark.parametrize("source", blocks("toml"))
def test_a_toml_block_loads(source: str, tmp_path: Path) -> None:
    """As a whole configuration, where it is one; else as TOML."""
    tables = tomllib.loads(source)

    if "practice" in tables:
        assert tables["practice"]["zone"] == parse(source, file="block", base=tmp_path).practice.zone
    else:
        assert tables


@pytest.mark.parametrize("rule", SUPPRESSION_RULES, ids=lambda rule: rule.id)
def test_the_readme_has_each_rule_in_the_order_of_the_table(rule: Any) -> None:
    """The suppression table reads like the RFC, and is the one that runs."""
    ids = re.findall(r"^\| `([a-z-]+)` \|", README.read_text("utf-8"), re.MULTILINE)

    assert [each.id for each in SUPPRESSION_RULES] == [each for each in ids if "-" in each or each in RULES]
    assert rule.id in ids


RULES = frozenset(rule.id for rule in SUPPRESSION_RULES)


def test_the_readme_cites_each_rules_clause() -> None:
    """A rule that rests on an RFC names the same section in both places."""
    text = README.read_text("utf-8")

    for rule in SUPPRESSION_RULES:
        if rule.clause.startswith("RFC"):
            row = next(line for line in text.splitlines() if line.startswith(f"| `{rule.id}` |"))
            assert rule.clause in row, rule.id


def hooks() -> list[str]:
    """The names of the hooks."""
    return [
        name for name, value in vars(hookspecs).items() if name.startswith("register_") and callable(value)
    ]


@pytest.mark.parametrize("hook", hooks())
def test_the_guide_has_each_hook_with_its_signature(hook: str) -> None:
    """`register_mailboxes() -> Iterable[MailboxProvider]`, exactly."""
    signature = inspect.signature(getattr(hookspecs, hook))
    returns = re.sub(r"[\w.]+\.(\w+)", r"\1", str(signature.return_annotation)).replace("[Any]", "")

    assert not signature.parameters
    assert f"`{hook}() -> {returns}`" in GUIDE.read_text("utf-8")
    assert f"`{hook}`" in README.read_text("utf-8")


def keys(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> Iterator[str]:
    """Every key that a configuration may have, as it is written in the file."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in models_in(field.annotation):
            if inner not in seen:
                yield from keys(inner, seen | {inner})


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation holds."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


@pytest.mark.parametrize("key", sorted(set(keys(Config)) - {"settings"}))
def test_each_configuration_key_is_explained(key: str) -> None:
    """In docs/configuration.md, as code."""
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")

    assert re.search(rf"`\[*(?:[a-z]+\.)?{key}\]*`", text), key


def commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its path."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def options() -> list[Any]:
    """Every option of every command."""
    found = []
    for path, command in commands(boundary):
        for parameter in command.params:
            if isinstance(parameter, click.Option) and "--help" not in parameter.opts:
                named = [
                    each for each in (*parameter.opts, *parameter.secondary_opts) if each.startswith("--")
                ]
                found += [pytest.param(path, each, id=f"{' '.join(path)} {each}") for each in named]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_has_each_command(name: str) -> None:
    """In the table of commands."""
    assert f"`boundary {name}" in README.read_text("utf-8")


@pytest.mark.parametrize("path, option", options())
def test_each_option_is_explained_with_its_command(path: tuple[str, ...], option: str) -> None:
    """In docs/commands.md, in the paragraphs of its command."""
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    if option == "--config":
        assert "--config FILE" in text
        return
    parts = re.split(r"^(?=\*\*`boundary )", text, flags=re.MULTILINE)

    section = next(part for part in parts if part.startswith(f"**`boundary {path[0]}"))

    assert f"`{option}" in section, f"{' '.join(path)} {option}"


@pytest.mark.parametrize("capability", Capability, ids=lambda capability: capability.name)
def test_the_feature_matrix_has_each_capability(capability: Capability) -> None:
    """A row for each thing that not every provider can do."""
    assert f"| {capability.value} |" in GUIDE.read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there."""
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8"))

    assert [] == [target for target in targets if not (page.parent / target).exists()]


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    """What the README promises stands in the Makefile."""
    makefile = (ROOT / "Makefile").read_text("utf-8")

    promised = re.findall(r"^make (\w+) ", README.read_text("utf-8"), re.MULTILINE)

    assert ["demo", "test"] == promised
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in promised)


def test_ci_runs_the_readmes_command() -> None:
    """`.ci/run` calls `make test`, then everything else that must hold."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")

    assert ["demo", "test", "lint", "types", "contract", "sweep"] == re.findall(
        r"^make (\w+)$", script, re.MULTILINE
    )
