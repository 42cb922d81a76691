"""A plugin's examination of itself runs behind its guard, and need not be there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from boundary_plugins.errors import BoundaryError, PluginError
from boundary_plugins.host.manager import PluginHost
from boundary_plugins.ports import Condition, Examined
from boundary_plugins.testing.doubles import MemorySettings, memory_services

PLUGIN = """
from boundary_plugins import Condition, Examined, PublisherProvider, hookimpl
from boundary_plugins.testing.doubles import MemoryPublisher, MemorySettings

class Publisher(MemoryPublisher):
    {method}

@hookimpl
def register_publishers():
    yield PublisherProvider(
        name="p", summary="s", settings=MemorySettings, open=lambda settings, services: Publisher()
    )
"""


def examined(tmp_path: Path, write_plugin: Callable[..., Path], method: str) -> tuple[Examined, ...] | None:
    """What the guarded publisher of a plugin tells."""
    write_plugin("own", PLUGIN.format(method=method))
    host = PluginHost.load(["own"], tmp_path / "plugins")
    port = host.publishers["p"].open(MemorySettings(), memory_services(tmp_path, name="publisher page"))
    found: tuple[Examined, ...] | None = port.examine()  # type: ignore[attr-defined]
    return found


def test_what_a_plugin_tells_is_handed_on(tmp_path: Path, write_plugin: Callable[..., Path]) -> None:
    told = 'def examine(self): return (Examined("page", Condition.LOOK, "it is old"),)'

    assert (Examined("page", Condition.LOOK, "it is old"),) == examined(tmp_path, write_plugin, told)


def test_a_plugin_without_an_examination_tells_nothing(
    tmp_path: Path, write_plugin: Callable[..., Path]
) -> None:
    assert examined(tmp_path, write_plugin, "pass") is None


@pytest.mark.parametrize(
    "method",
    [
        # It fails, it gives no findings, it gives none that could be counted.
        "def examine(self): raise RuntimeError('a client wrote something')",
        "def examine(self): return ('all is well',)",
        "def examine(self): return None",
    ],
)
def test_an_examination_that_fails_is_the_plugins_error(
    tmp_path: Path, write_plugin: Callable[..., Path], method: str
) -> None:
    with pytest.raises(PluginError) as caught:
        examined(tmp_path, write_plugin, method)

    assert isinstance(caught.value, BoundaryError)
    assert "a client wrote" not in str(caught.value)
