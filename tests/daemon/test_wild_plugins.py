"""A plugin's error, its hang and its nonsense harm only itself: another mailbox goes on."""

from threading import Thread
from time import monotonic

import pytest

from boundary_plugins.host import guarded
from boundary_plugins.store.records import MessageState
from daemon.practice import AB, MINUTE, Practice

# A one-file plugin with a mailbox whose every misbehaviour a file in its state directory chooses.
WILD = """
import time
from pathlib import Path
from boundary_plugins import Changes, MailboxProvider, SentSearch, hookimpl
from pydantic import BaseModel, ConfigDict

class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")
    mood: str

class Wild:
    def __init__(self, mood, path):
        self.mood, self.path = mood, path
        if mood == "never-opens":
            raise RuntimeError("secret words of a.b@example.org")
    def changes(self, cursor):
        if self.mood == "raises":
            raise ValueError("secret words of a.b@example.org")
        if self.mood == "hangs":
            time.sleep(2)
        if self.mood == "nonsense":
            return {"received": 7}
        if self.mood == "numbers":
            return Changes((1, 2), (), "c")
        if self.mood == "surrogates":
            return Changes(("\\udcff",), (), "c")
        return Changes(() if cursor is None else ("one",), (), "c")
    def fetch(self, provider_id):
        if self.mood == "fetch-raises":
            raise KeyError("secret words of a.b@example.org")
        return "a message"
    def send(self, response):
        raise RuntimeError("no")
    def find_sent(self, response_id):
        return SentSearch.UNKNOWN
    def wait(self, seconds):
        pass
    def wake(self):
        pass
    def close(self):
        pass

@hookimpl
def register_mailboxes():
    yield MailboxProvider(
        name="wild", summary="a wild one", settings=Settings,
        open=lambda settings, services: Wild(settings.mood, services.state_directory),
    )
"""


@pytest.mark.parametrize(
    "mood", ["never-opens", "raises", "nonsense", "numbers", "surrogates", "fetch-raises", "fetch-nonsense"]
)
def test_a_mailbox_of_a_wild_plugin_harms_only_itself(practice: Practice, mood: str) -> None:
    plugin = practice.folder / "plugins" / "wild.py"
    plugin.write_text(WILD)
    plugin.chmod(0o600)
    practice.configure(
        plugins='"files", "wild"',
        more=f'[[mailboxes]]\nname = "second"\nkind = "wild"\nmood = "{mood}"\n',
    )
    practice.start()
    practice.deliver(AB)

    for _ in range(5):
        practice.look(after=MINUTE)

    assert [AB] == practice.recipients
    assert "secret words" not in practice.log_text + str(practice.told)
    assert "Traceback" not in practice.log_text
    assert any("wild" in text or "second" in text for text in practice.told)
    if mood.startswith("fetch"):
        (message,) = practice.store.messages_by_provider_id("one", "second")
        assert (MessageState.SET_ASIDE, "unreadable") == (message.state, message.reason)
    practice.assert_nothing_private_was_kept()


def test_a_mailbox_that_hangs_harms_only_itself(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "CHANGES", 0.1)
    plugin = practice.folder / "plugins" / "wild.py"
    plugin.write_text(WILD)
    plugin.chmod(0o600)
    practice.configure(
        plugins='"files", "wild"', more='[[mailboxes]]\nname = "second"\nkind = "wild"\nmood = "hangs"\n'
    )
    practice.start()
    practice.deliver(AB)

    practice.look_and_send()

    assert [AB] == practice.recipients
    assert any("second" in text or "wild" in text for text in practice.told)


# A one-file plugin whose mailbox cannot be looked into, while its server says each time that there is news.
EAGER = """
from time import monotonic
from boundary_plugins import MailboxProvider, SentSearch, Unavailable, hookimpl
from pydantic import BaseModel, ConfigDict

class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

class Eager:
    def __init__(self, path):
        self.path = path
    def changes(self, cursor):
        with self.path.open("a") as file:
            file.write(f"{monotonic()}\\n")
        raise Unavailable("eager", "the folder of sent mail cannot be read")
    def wait(self, seconds):
        pass
    def wake(self):
        pass
    def close(self):
        pass

@hookimpl
def register_mailboxes():
    yield MailboxProvider(
        name="eager", summary="always news", settings=Settings,
        open=lambda settings, services: Eager(services.path("looks.txt")),
    )
"""


def test_a_mailbox_that_always_has_news_and_cannot_be_read_is_not_asked_without_a_pause(
    practice: Practice,
) -> None:
    plugin = practice.folder / "plugins" / "eager.py"
    plugin.write_text(EAGER)
    plugin.chmod(0o600)
    practice.configure(plugins='"files", "eager"', more='[[mailboxes]]\nname = "second"\nkind = "eager"\n')
    practice.start()
    looks = practice.folder / "looks.txt"
    looks.write_text("")
    loop = practice.loops["second"]
    thread = Thread(target=loop.run)

    thread.start()
    until = monotonic() + 20
    while len(looks.read_text().splitlines()) < 2 and monotonic() < until:
        thread.join(0.05)
    practice.stop.set()
    thread.join(20)

    first, second = map(float, looks.read_text().splitlines()[:2])
    assert second - first > 0.9
