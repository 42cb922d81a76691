"""The core is pure, imports run one way, and the program never imports a plugin; each check is seen to fail."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "src" / "boundary_plugins" / "core"

#: Value modules of the standard library; nothing here reads a clock, a disk, a network or a setting.
ALLOWED = frozenset(
    {
        "bisect",
        "calendar",
        "binascii",
        "codecs",
        "collections",
        "dataclasses",
        "datetime",
        "email",
        "enum",
        "functools",
        "hashlib",
        "heapq",
        "itertools",
        "math",
        "operator",
        "re",
        "string",
        "typing",
        "unicodedata",
        "zoneinfo",
    }
)
#: Calls that read a clock, whatever they are called on.
CLOCKS = frozenset({"now", "utcnow", "today", "time", "monotonic", "perf_counter", "time_ns"})


def imported(source: str) -> Iterator[str]:
    """The modules that a source imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def impure(source: str) -> list[str]:
    """What the core must not do: foreign imports, clocks, files, environment."""
    found = [
        name
        for name in imported(source)
        if name.partition(".")[0] not in ALLOWED
        and not name.startswith(("boundary_plugins.core", "boundary_plugins.errors"))
    ]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute) and function.attr in CLOCKS:
                receiver = function.value
                of_class = isinstance(receiver, ast.Name) and receiver.id in {"datetime", "date", "time"}
                found += [f"reads a clock: {function.attr}"] if of_class else []
            if isinstance(function, ast.Name) and function.id in {"open", "print", "input", "exec", "eval"}:
                found.append(f"calls {function.id}")
    return found


@pytest.mark.parametrize("module", sorted(CORE.rglob("*.py")), ids=lambda path: path.stem)
def test_the_core_is_pure(module: Path) -> None:
    """No clock, disk, network, logging, settings, plugins or third-party modules."""
    assert [] == impure(module.read_text("utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "from pydantic import BaseModel",
        "from boundary_plugins.store.repository import Store",
        "def f():\n    import logging",
        "from datetime import datetime\nat = datetime.now()",
        "from datetime import date\nday = date.today()",
        "text = open('x')",
    ],
)
def test_the_check_of_purity_can_fail(source: str) -> None:
    """A check that never failed has not been tested."""
    assert impure(source)


def lint_imports(folder: Path, config: str) -> "subprocess.CompletedProcess[str]":
    """Run import-linter with a configuration."""
    (folder / "contract.toml").write_text(config, "utf-8")
    command = [str(Path(sys.executable).parent / "lint-imports"), "--config", str(folder / "contract.toml")]
    return subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def contract() -> str:
    """The import-linter part of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    return text[text.index("[tool.importlinter]") :]


def test_imports_run_one_way(tmp_path: Path) -> None:
    """The contracts of pyproject.toml are kept."""
    done = lint_imports(tmp_path, contract())

    assert 0 == done.returncode, done.stdout
    assert "2 kept, 0 broken" in done.stdout


def test_the_contract_can_fail(tmp_path: Path) -> None:
    """Turned upside down (the core above the command line), the same contract is broken."""
    layers = tomllib.loads(contract())["tool"]["importlinter"]["contracts"][0]["layers"]
    reversed_text = contract()
    for layer, other in zip(layers, reversed(layers), strict=True):
        reversed_text = reversed_text.replace(f'    "{layer}",', f"    <{other}>,", 1)

    done = lint_imports(tmp_path, reversed_text.replace("<", '"').replace(">", '"'))

    assert 1 == done.returncode, done.stdout
    assert "Imports run one way BROKEN" in done.stdout


@pytest.mark.parametrize("plugin", sorted((ROOT / "plugins").iterdir()), ids=lambda path: path.name)
def test_a_plugin_imports_only_what_is_public(plugin: Path) -> None:
    """`boundary_plugins` itself and `boundary_plugins.testing`, and no other plugin."""
    others = {path.name for path in (ROOT / "plugins").iterdir()} - {plugin.name}

    for source in plugin.rglob("*.py"):
        for name in imported(source.read_text("utf-8")):
            assert name.partition(".")[0] not in others, f"{source.name} imports {name}"
            if name.startswith("boundary_plugins"):
                assert name == "boundary_plugins" or name.startswith("boundary_plugins.testing"), source.name
