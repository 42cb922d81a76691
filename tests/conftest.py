"""Where every check must run (`CI` in the environment), a skipped test fails the run; live tests want an account."""

import os

import pytest

# No test asks the keyring of whoever runs them; it is chosen once in a process, by whoever asks first.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave live tests out whose account is not in the environment: `@pytest.mark.live("VARIABLE")` names it."""
    without = [item for item in items if any(not _has_account(mark) for mark in item.iter_markers("live"))]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]


def _has_account(mark: pytest.Mark) -> bool:
    """Whether every variable that a live test names is set."""
    return all(os.environ.get(name) for name in mark.args)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped something; pytest names each skipped test and its reason itself."""
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter is not None else []
    if os.environ.get("CI") and skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"\n{len(skipped)} skipped, and here every test must run", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
