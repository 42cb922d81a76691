"""`boundary plugins`: what is enabled, what could be, and where each came from."""

import json
from pathlib import Path

import pytest

from boundary_plugins.cli import execute

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-fri 09:00-17:00"
[plugins]
enable = ["files"]
directory = "plugins"
"""

ONE_FILE = '''
"""A plugin of one file."""

from boundary_plugins import TopicRule, hookimpl


@hookimpl
def register_topic_rules():
    """Letters for insurers."""
    yield TopicRule(topic="paperwork", words=("insurance form",))
'''


def plugins(tmp_path: Path, text: str, *flags: str) -> int:
    folder = tmp_path / "plugins"
    folder.mkdir(mode=0o700)
    (folder / "paper.py").write_text(ONE_FILE)
    (folder / "paper.py").chmod(0o600)
    path = tmp_path / "config.toml"
    path.write_text(text)
    return execute(["--config", str(path), "plugins", *flags])


def test_an_enabled_plugin_is_listed_with_what_it_offers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = plugins(tmp_path, CONFIG)

    lines = capsys.readouterr().out.splitlines()
    assert 0 == code
    files = next(line for line in lines if line.startswith("files "))
    assert "ready" in files
    assert "mailbox maildir" in files
    paper = next(line for line in lines if line.startswith("paper "))
    assert "not enabled" in paper


def test_as_json_every_plugin_has_its_provenance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = plugins(tmp_path, CONFIG.replace('["files"]', '["files", "paper"]'), "--json")

    answer = json.loads(capsys.readouterr().out)
    assert 0 == code
    found = {plugin["name"]: plugin for plugin in answer["plugins"]}
    assert {"files", "paper"} <= set(found)
    assert ("ready", "bundled") == (found["files"]["state"], found["files"]["door"])
    assert ("ready", ["topic rule paperwork"]) == (found["paper"]["state"], found["paper"]["providers"])
    assert [] == answer["problems"]


def test_a_name_that_no_plugin_has_is_a_problem_of_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = plugins(tmp_path, CONFIG.replace('["files"]', '["flies"]'))

    assert 78 == code
    assert "config.toml:10: plugins.enable: " in capsys.readouterr().err
