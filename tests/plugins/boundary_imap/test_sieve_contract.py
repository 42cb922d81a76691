"""A script on a real Pigeonhole keeps what every publisher and every responder promises."""

from pathlib import Path

import pytest

from boundary_plugins.testing.contracts import ResponderContract
from builders_managesieve import SieveBench
from servers.dovecot import Dovecot


class TestSieve(ResponderContract):
    """A fresh user's scripts."""

    @pytest.fixture
    def bench(self, dovecot: Dovecot, tmp_path: Path) -> SieveBench:
        """No script yet."""
        return SieveBench(dovecot, tmp_path)
