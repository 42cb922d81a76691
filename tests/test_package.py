"""What importing the package costs: nothing that is not asked for."""

import subprocess
import sys
from importlib.metadata import distributions, version
from pathlib import Path

import pytest

import boundary_plugins

HEAVY = (
    *("pluggy", "pydantic", "sqlalchemy", "icalendar", "click", "aiosmtpd", "pytest", "smtplib", "email"),
    "typst",
)


def modules_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after a statement."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in result.stdout.split()}


@pytest.mark.parametrize(
    "statement",
    [
        "import boundary_plugins",
        # A name of the core.
        "from boundary_plugins import SuppressionRule, UNKNOWN, Interval, Unavailable, Changes",
        "import boundary_plugins.core.circumstances",
        "import boundary_plugins.ports",
        # Rules alone need neither settings nor a manager.
        "from boundary_plugins import TopicRule, MailboxProvider, Services",
    ],
)
def test_importing_it_loads_nothing_heavy(statement: str) -> None:
    """Neither pluggy nor pydantic, nor a mail or calendar library."""
    assert set() == modules_after(statement) & set(HEAVY)


def test_a_name_of_the_core_loads_the_core_alone() -> None:
    """The host stays away."""
    program = "from boundary_plugins import Interval\nimport sys\nprint(*sys.modules)"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    ours = {name for name in result.stdout.split() if name.startswith("boundary_plugins")}
    assert {"boundary_plugins", "boundary_plugins.core", "boundary_plugins.core.interval"} == ours


@pytest.mark.parametrize("name", dir(boundary_plugins))
def test_every_name_it_promises_is_there(name: str) -> None:
    """A plugin author imports from one place."""
    assert getattr(boundary_plugins, name) is not None


def test_a_name_it_does_not_have_is_an_attribute_error() -> None:
    """As with any module."""
    with pytest.raises(AttributeError, match="has no 'nonsense'"):
        boundary_plugins.nonsense  # noqa: B018


def test_nothing_takes_the_place_of_urllib3() -> None:
    """A later `caldav` brings a library that replaces it for everybody, and others then hang."""
    pinned = (Path(__file__).parents[1] / "constraints.txt").read_text("utf-8").lower()
    installed = {name.lower() for one in distributions() if (name := one.metadata["Name"])}

    assert "urllib3" in installed
    assert not {"niquests", "urllib3-future", "urllib3_future"} & installed
    assert "niquests" not in pinned
    assert "urllib3-future" not in pinned.replace("_", "-")
    assert int(version("caldav").split(".")[0]) < 2
