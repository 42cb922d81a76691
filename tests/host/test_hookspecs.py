"""The hooks' docstrings: each says when it is called and what to return, and its example runs."""

import doctest
import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from boundary_plugins.host import hookspecs
from boundary_plugins.host.manager import PluginHost
from host.conftest import PluginWriter

HOOKS = [hook for _, hook in inspect.getmembers(hookspecs, inspect.isfunction) if hook.__doc__]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook.__name__))
class TestEachHook:
    """What a plugin author reads."""

    def test_has_an_example_that_runs(self, hook: Callable[[], object]) -> None:
        """The example defines the hook under its own name and yields values of the right kind."""
        (example,) = doctest.DocTestFinder(recurse=False).find(hook, globs={})

        failures = doctest.DocTestRunner().run(example, clear_globs=False).failed
        made = example.globs[hook.__name__]

        assert 0 == failures
        assert callable(made)
        assert 1 == len(list(made()))

    def test_says_when_it_is_called_and_what_to_return(self, hook: Callable[[], object]) -> None:
        """One sentence first."""
        text = inspect.getdoc(hook) or ""

        assert text.splitlines()[0].endswith(".")
        assert "Called " in text
        assert "Return " in text

    def test_takes_no_arguments(self, hook: Callable[[], object]) -> None:
        """No hook takes an application object."""
        assert not inspect.signature(hook).parameters


def test_every_hook_is_used_by_a_plugin_that_comes_with_the_program(write_plugin: PluginWriter) -> None:
    """No hook ships without one."""
    example = Path(__file__).parents[2] / "examples" / "quiet_fridays.py"
    folder = write_plugin("quiet_fridays", example.read_text()).parent

    host = PluginHost.load(["files", "google", "ledger", "quiet_fridays"], folder)

    assert () == host.problems
    assert {hook.__name__ for hook in HOOKS} == {hook for report in host.plugins for hook in report.hooks}
