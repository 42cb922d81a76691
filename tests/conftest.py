"""Where every check must run (`CI` in the environment), a skipped test fails the run."""

import os

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped something; pytest names each skipped test and its reason itself."""
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter is not None else []
    if os.environ.get("CI") and skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"\n{len(skipped)} skipped, and here every test must run", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
