"""The host with real plugins, most of which misbehave: an error harms only its plugin."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.core.circumstances import Circumstances, Finding
from boundary_plugins.errors import ConfigError, PluginError
from boundary_plugins.host.admission import Door
from boundary_plugins.host.guarded import GuardedMailbox
from boundary_plugins.host.manager import PluginHost, PluginReport, PluginState
from boundary_plugins.testing.doubles import MemorySettings, memory_services
from host.conftest import PluginWriter

GOOD = """
    from boundary_plugins import MailboxProvider, hookimpl
    from boundary_plugins.testing.doubles import MemoryMailbox, MemorySettings

    @hookimpl
    def register_mailboxes():
        yield MailboxProvider("memory", "in memory", MemorySettings, open_mailbox)

    def open_mailbox(settings, services):
        return MemoryMailbox()
"""

RULE = """
    from boundary_plugins import Finding, SuppressionRule, hookimpl

    def check(circumstances):
        {check}

    @hookimpl
    def register_suppression_rules():
        return [SuppressionRule("mine", "our clause", "our rule says so", check)]
"""


def report_of(host: PluginHost, name: str) -> PluginReport:
    """The account of one plugin."""
    return next(report for report in host.plugins if report.name == name)


class TestAGoodPlugin:
    """What is enabled, loaded and offered."""

    def test_offers_its_mailbox_stamped_and_guarded(self, write_plugin: PluginWriter, tmp_path: Path) -> None:
        """Opening gives a port behind its guard."""
        file = write_plugin("good", GOOD)

        host = PluginHost.load(["good"], file.parent)
        provider = host.mailboxes["memory"]
        mailbox = provider.open(MemorySettings(), memory_services(tmp_path))

        assert "good" == provider.plugin
        assert isinstance(mailbox, GuardedMailbox)
        assert mailbox.changes(None).gap
        mailbox.close()

    def test_is_accounted_for(self, write_plugin: PluginWriter) -> None:
        """Door, file, hooks, providers, state."""
        file = write_plugin("good", GOOD)

        report = report_of(PluginHost.load(["good"], file.parent), "good")

        expected = PluginReport(
            name="good",
            door=Door.FILE,
            distribution=None,
            version=None,
            file=str(file),
            hooks=("register_mailboxes",),
            providers=("mailbox memory",),
            state=PluginState.READY,
            reason="",
        )
        assert expected == report

    def test_leaves_no_compiled_file_and_reads_none(self, write_plugin: PluginWriter) -> None:
        """A cached compilation could be another program."""
        file = write_plugin("good", GOOD)

        PluginHost.load(["good"], file.parent)

        assert ["good.py"] == [path.name for path in file.parent.iterdir()]

    def test_may_come_with_a_distribution(self, install: PluginWriter) -> None:
        """The second door; its name, version and file are told."""
        install("homing-pigeon", "pigeon", "strangers_loft", GOOD, "2.5")

        host = PluginHost.load(["pigeon"])

        report = report_of(host, "pigeon")
        assert (report.door, report.distribution, report.version) == (Door.INSTALLED, "homing-pigeon", "2.5")
        assert report.file.endswith("strangers_loft.py")
        assert "memory" in host.mailboxes

    def test_that_is_not_enabled_is_listed_and_never_imported(
        self, write_plugin: PluginWriter, install: PluginWriter
    ) -> None:
        """All doors are closed unless the configuration names the plugin."""
        file = write_plugin("closed", "raise SystemExit('imported')")
        install("homing-pigeon", "pigeon", "strangers_loft", "raise SystemExit('imported')")

        host = PluginHost.load([], file.parent)

        assert {"closed", "pigeon", "files"} <= {report.name for report in host.plugins}
        assert {PluginState.NOT_ENABLED} == {report.state for report in host.plugins}
        assert "strangers_loft" not in sys.modules


BAD = [
    # It raises when it is imported.
    ("raise RuntimeError('client@example.org')", "RuntimeError in bad.py, line 1"),
    # SystemExit passes `except Exception`.
    ("raise SystemExit(3)", "SystemExit in bad.py, line 1"),
    ("class Odd(BaseException): ...\nraise Odd", "Odd in bad.py, line 2"),
    # It is no Python at all.
    ("def (", "SyntaxError"),
    ("import no_such_module_anywhere", "ModuleNotFoundError (no_such_module_anywhere) in bad.py"),
    # Nothing is marked.
    ("def register_mailboxes(): return []", "registers nothing; is @hookimpl missing?"),
    # A misspelt hook registers silently with pluggy alone.
    (
        "from boundary_plugins import hookimpl\n@hookimpl\ndef register_mailbox(): return []",
        "there is no hook register_mailbox; did you mean register_mailboxes?",
    ),
    # A hook that wants an application object.
    (
        "from boundary_plugins import hookimpl\n@hookimpl\ndef register_mailboxes(app): return []",
        "a hook does not fit its specification",
    ),
    # A wrapper could replace everyone's results, in the new form and the old one.
    (
        "from boundary_plugins import hookimpl\n@hookimpl(wrapper=True)\n"
        "def register_mailboxes():\n    yield",
        "register_mailboxes is a wrapper",
    ),
    (
        "from boundary_plugins import hookimpl\n@hookimpl(hookwrapper=True)\n"
        "def register_mailboxes():\n    yield",
        "register_mailboxes is a wrapper",
    ),
    # The hook itself raises.
    (
        "from boundary_plugins import hookimpl\n@hookimpl\ndef register_mailboxes(): raise KeyError('x')",
        "KeyError in bad.py, line 3",
    ),
    # A generator fails only while it is read.
    (
        "from boundary_plugins import hookimpl\n@hookimpl\ndef register_mailboxes():\n    yield 1 / 0",
        "ZeroDivisionError in bad.py, line 4",
    ),
    # A generator without end.
    (
        "from boundary_plugins import TopicRule, hookimpl\n@hookimpl\ndef register_topic_rules():\n"
        "    while True: yield TopicRule('a', ('b',))",
        "gives more than 1000 values",
    ),
    # Values of another kind, or none that can be iterated.
    (
        "from boundary_plugins import hookimpl\n@hookimpl\ndef register_mailboxes(): return ['memory']",
        "register_mailboxes: gave str and not MailboxProvider",
    ),
    ("from boundary_plugins import hookimpl\n@hookimpl\ndef register_mailboxes(): return 1", "TypeError"),
    # Providers that cannot be configured.
    (
        "from boundary_plugins import MailboxProvider, hookimpl\n@hookimpl\ndef register_mailboxes():\n"
        "    return [MailboxProvider('Two words', '', dict, print)]",
        "a provider's name is of a-z, 0-9, - and _",
    ),
    (
        "from boundary_plugins import MailboxProvider, hookimpl\n@hookimpl\ndef register_mailboxes():\n"
        "    return [MailboxProvider('odd', '', dict, print)]",
        "the settings of odd are not a pydantic model",
    ),
    # A rule without a sentence.
    (
        "from boundary_plugins import SuppressionRule, hookimpl\n@hookimpl\n"
        "def register_suppression_rules():\n    return [SuppressionRule('x', 'c', '', print)]",
        "a rule needs an id, a clause, a sentence and a check",
    ),
]


@pytest.mark.parametrize("text, reason", BAD)
def test_a_bad_plugin_harms_only_itself(write_plugin: PluginWriter, text: str, reason: str) -> None:
    """It is reported without a word of its own, and the others go on, whatever the order."""
    write_plugin("good", GOOD)
    folder = write_plugin("bad", text).parent

    for enable in (["bad", "good"], ["good", "bad"]):
        host = PluginHost.load(enable, folder)

        report = report_of(host, "bad")
        assert PluginState.FAILED is report.state
        assert reason in report.reason
        assert "client@example.org" not in report.reason
        assert (f"plugin bad: {report.reason}",) == host.problems
        assert ["memory"] == list(host.mailboxes)


def test_a_plugin_that_hangs_when_imported_is_given_up(
    write_plugin: PluginWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others go on."""
    monkeypatch.setattr("boundary_plugins.host.loading.IMPORT_SECONDS", 0.1)
    write_plugin("bad", "import threading\nthreading.Event().wait(30)")
    folder = write_plugin("good", GOOD).parent

    host = PluginHost.load(["bad", "good"], folder)

    assert "no answer within 0.1 seconds" == report_of(host, "bad").reason
    assert ["memory"] == list(host.mailboxes)


class TestNames:
    """A name in the configuration means one plugin, or nobody."""

    def test_that_nobody_has_are_all_told_with_what_there_is(self, write_plugin: PluginWriter) -> None:
        """All at once, with a near miss."""
        folder = write_plugin("good", GOOD).parent

        with pytest.raises(ConfigError) as caught:
            PluginHost.load(["god", "zzz", "files"], folder, config_file="boundary.toml")

        assert [
            "boundary.toml: plugins.enable: there is no plugin 'god'; did you mean 'good'? "
            "Allowed are: caldav, exchange, files, good, google, imap, ledger, microsoft365",
            "boundary.toml: plugins.enable: there is no plugin 'zzz'. "
            "Allowed are: caldav, exchange, files, good, google, imap, ledger, microsoft365",
        ] == str(caught.value).splitlines()

    def test_claimed_by_two_distributions_are_refused_and_neither_is_imported(
        self, install: PluginWriter
    ) -> None:
        """Which one would be a matter of luck."""
        install("pigeon-one", "pigeon", "pigeon_one", "raise SystemExit")
        install("pigeon-two", "Pigeon", "pigeon_two", "raise SystemExit")

        host = PluginHost.load(["pigeon"])

        assert [report.state for report in host.plugins if report.name.lower() == "pigeon"] == [
            PluginState.REFUSED
        ] * 2
        assert "claimed by distribution pigeon-one and distribution pigeon-two" in host.problems[0]

    def test_of_a_file_that_a_distribution_has_too_are_refused(
        self, write_plugin: PluginWriter, install: PluginWriter
    ) -> None:
        """A file cannot take the place of an installed plugin, nor the reverse."""
        folder = write_plugin("pigeon", GOOD).parent
        install("homing-pigeon", "pigeon", "strangers_loft", GOOD)

        host = PluginHost.load(["pigeon"], folder)

        assert 2 == len(host.problems)
        assert dict(host.mailboxes) == {}

    def test_of_providers_that_two_plugins_offer_are_nobodys(self, write_plugin: PluginWriter) -> None:
        """The sentence names both."""
        write_plugin("one", GOOD)
        folder = write_plugin("two", GOOD).parent

        host = PluginHost.load(["one", "two"], folder)

        assert dict(host.mailboxes) == {}
        assert ("mailbox memory is offered by plugins one and two; enable only one of them",) == host.problems


class TestAPracticesRule:
    """It may make the program quieter and nothing else."""

    @pytest.mark.parametrize(
        "check, expected",
        [
            # The plugin's own words never reach a record, as they may quote the message.
            ("return Finding(True, 'from client@example.org')", Finding(True, "our rule says so")),
            ("return Finding(False, 'secret')", Finding(False, "the plugin's rule does not apply")),
            ("return Finding(None, 'secret')", Finding(None, "the plugin's rule could not tell")),
            # Whatever goes wrong is unknown, which hits nothing.
            ("raise SystemExit", Finding(None, "the plugin's rule could not tell")),
            ("return True", Finding(None, "the plugin's rule could not tell")),
            ("return Finding('yes', '')", Finding(None, "the plugin's rule could not tell")),
            ("return Finding([], '')", Finding(None, "the plugin's rule could not tell")),
        ],
    )
    def test_tells_only_whether_it_hit(
        self, write_plugin: PluginWriter, circumstances: Circumstances, check: str, expected: Finding
    ) -> None:
        """Under its public id."""
        folder = write_plugin("quiet", RULE.format(check=check)).parent

        (rule,) = PluginHost.load(["quiet"], folder).suppression_rules

        assert "quiet:mine" == rule.id
        assert expected == rule.check(circumstances)

    def test_that_hangs_is_given_up(
        self, write_plugin: PluginWriter, circumstances: Circumstances, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And not asked again while it hangs."""
        monkeypatch.setattr("boundary_plugins.host.guarded.RULE", 0.05)
        folder = write_plugin(
            "quiet", RULE.format(check="import threading; threading.Event().wait(30)")
        ).parent
        (rule,) = PluginHost.load(["quiet"], folder).suppression_rules

        findings = [rule.check(circumstances) for _ in range(3)]

        assert [None, None, None] == [finding.hit for finding in findings]

    def test_that_keeps_failing_is_set_aside_and_tried_again(
        self, write_plugin: PluginWriter, circumstances: Circumstances, tmp_path: Path
    ) -> None:
        """After five failures in a row, for five minutes."""
        log = tmp_path / "calls"
        log.write_text("")
        check = f"import pathlib; p = pathlib.Path({str(log)!r}); p.write_text(p.read_text() + 'x'); 1 / 0"
        folder = write_plugin("quiet", RULE.format(check=check)).parent
        now = datetime(2026, 3, 2, tzinfo=UTC)
        current = [now]
        host = PluginHost.load(["quiet"], folder, now=lambda: current[0])
        (rule,) = host.suppression_rules

        for _ in range(8):
            rule.check(circumstances)
        asked_at_first = len(log.read_text())
        current[0] = now + timedelta(minutes=6)
        rule.check(circumstances)

        assert (asked_at_first, len(log.read_text())) == (5, 6)


def test_a_trace_names_plugin_call_time_and_outcome_and_no_content(
    write_plugin: PluginWriter, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every hook and every call of a provider."""
    folder = write_plugin("good", GOOD).parent

    host = PluginHost.load(["good"], folder, trace=True)
    mailbox = host.mailboxes["memory"].open(MemorySettings(), memory_services(tmp_path))
    with pytest.raises(Exception, match="no longer there"):
        mailbox.fetch("content-that-must-not-show")
    mailbox.close()

    lines = [line.split() for line in capsys.readouterr().err.splitlines()]
    assert [
        ["good", "loading.import", "ok"],
        ["good", "loading.register", "ok"],
        ["good", "loading.register_mailboxes", "ok"],
        ["good", "mailbox", "ok"],
        ["good", "mailbox", "Gone"],
        ["good", "mailbox", "ok"],
    ] == [[line[1], line[2], line[-1]] for line in lines]
    assert "content-that-must-not-show" not in str(lines)


def test_a_trace_can_be_switched_on_by_the_environment(
    write_plugin: PluginWriter, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """BOUNDARY_TRACE=1."""
    monkeypatch.setenv("BOUNDARY_TRACE", "1")
    folder = write_plugin("good", GOOD).parent

    PluginHost.load(["good"], folder)

    assert "trace good loading.import" in capsys.readouterr().err


def test_a_provider_that_fails_to_open_is_a_plugin_error(write_plugin: PluginWriter, tmp_path: Path) -> None:
    """Without the words of the error."""
    text = GOOD.replace("MemoryMailbox()", "1 / 0")
    folder = write_plugin("bad", text).parent
    host = PluginHost.load(["bad"], folder)

    with pytest.raises(PluginError) as caught:
        host.mailboxes["memory"].open(MemorySettings(), memory_services(tmp_path))

    assert "plugin bad: ZeroDivisionError in bad.py, line 10" == str(caught.value)
