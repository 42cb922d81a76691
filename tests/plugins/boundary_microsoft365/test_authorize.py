"""The sign-in, through the command line and a person who types a code in, and by an application alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from boundary_microsoft365.mailbox import Microsoft365Mailbox
from boundary_microsoft365.settings import MailboxSettings
from boundary_plugins.cli import execute
from boundary_plugins.errors import AuthorizationNeeded, SecretError
from boundary_plugins.ports import Condition
from boundary_plugins.secrets import SecretChain
from boundary_plugins.testing.benches import invented_message
from builders_microsoft365 import SignedIn
from servers.graph import Account, GraphServer
from servers.graph_sign_in import CLIENT_ID, CLIENT_SECRET, TENANT

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-fri 09:00-17:00"
[responses]
audience = "everyone"
[plugins]
enable = ["microsoft365"]
[store]
state_directory = "state"
[[mailboxes]]
name = "main"
kind = "microsoft365"
client_id = "CLIENT"
api_endpoint = "ENDPOINT"
"""
MORE = """
[[calendars]]
name = "own"
kind = "microsoft365"
client_id = "CLIENT"
api_endpoint = "ENDPOINT"
[[publishers]]
name = "replies"
kind = "microsoft365-replies"
client_id = "CLIENT"
api_endpoint = "ENDPOINT"
"""


@dataclass(slots=True)
class Practice:
    """A configuration with a mailbox of Microsoft 365, and the command line."""

    folder: Path
    server: GraphServer
    capsys: pytest.CaptureFixture[str]

    def configure(self, *lines: str) -> None:
        """Write the configuration, with further lines."""
        text = "\n".join((CONFIG, *lines)).replace("ENDPOINT", self.server.url).replace("CLIENT", CLIENT_ID)
        (self.folder / "config.toml").write_text(text)

    def boundary(self, *arguments: str) -> tuple[int, str]:
        """The exit code and everything that was said."""
        code = execute(["--config", str(self.folder / "config.toml"), *arguments])
        said = self.capsys.readouterr()
        return code, said.out + said.err

    def kept(self) -> str | None:
        """The sign-in among the secrets."""
        return SecretChain(self.folder / "state", use_keyring=False).get("microsoft365")


@pytest.fixture
def practice(
    tmp_path: Path,
    graph: GraphServer,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Practice]:
    """A practice without a keyring."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    made = Practice(tmp_path, graph, capsys)
    made.configure()
    graph.sign_in.asked.clear()
    yield made
    graph.sign_in.pending, graph.sign_in.denies, graph.sign_in.problem = 0, False, None


class TestByCode:
    """A person signs in once, on any machine."""

    def test_the_code_is_shown_and_the_sign_in_kept(self, practice: Practice, account: Account) -> None:
        """After a question that came too early."""
        practice.server.sign_in.pending = 1

        code, said = practice.boundary("microsoft365", "authorize")

        assert 0 == code, said
        assert "enter the code INVENTED" in said
        assert f"{account.address} is signed in" in said
        kept = json.loads(practice.kept() or "")
        assert {"Account", "RefreshToken"} <= kept.keys()
        assert "AccessToken" not in kept

    def test_the_least_is_asked_for(self, practice: Practice) -> None:
        """A mailbox alone needs to read and to send."""
        _, said = practice.boundary("microsoft365", "authorize")

        (asked,) = [form["scope"] for form in practice.server.sign_in.asked if "device_code" not in form]
        assert {"Mail.Read", "Mail.Send", "openid", "profile", "offline_access"} == set(asked.split())
        assert "mailbox main needs Mail.Read, Mail.Send." in said

    def test_what_else_the_configuration_uses_is_asked_for_too(self, practice: Practice) -> None:
        """In one consent."""
        practice.configure(MORE)

        practice.boundary("microsoft365", "authorize")

        (asked,) = [form["scope"] for form in practice.server.sign_in.asked if "device_code" not in form]
        assert {"Calendars.Read", "MailboxSettings.ReadWrite", "Mail.Read"} <= set(asked.split())

    def test_what_was_kept_opens_the_mailbox(self, practice: Practice, signed_in: SignedIn) -> None:
        """For the daemon, which is another process."""
        practice.boundary("microsoft365", "authorize")
        signed_in.secrets[signed_in.sign_in] = practice.kept() or ""

        found = signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main").examine()

        assert all(each.condition is Condition.OK for each in found)

    def test_a_person_who_declines_is_told(self, practice: Practice) -> None:
        """Exit code 77, and nothing is kept."""
        practice.server.sign_in.denies = True

        code, said = practice.boundary("microsoft365", "authorize")

        assert 77 == code
        assert "Microsoft refused the sign-in" in said
        assert practice.kept() is None

    def test_nobody_signed_in_yet_is_told_with_the_command(self, signed_in: SignedIn) -> None:
        """By everything that needs it."""
        del signed_in.secrets[signed_in.sign_in]

        (found,) = signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main").examine()

        assert "nobody signed in yet; run: boundary microsoft365 authorize" == found.found

    def test_forgetting_keeps_nothing(self, practice: Practice) -> None:
        """And says where the consent is taken back."""
        practice.boundary("microsoft365", "authorize")

        code, said = practice.boundary("microsoft365", "forget")

        assert 0 == code
        assert "myaccount.microsoft.com" in said
        assert not practice.kept()

    def test_several_sign_ins_are_asked_about(self, practice: Practice) -> None:
        """And an unknown one is told with those that there are."""
        practice.configure(MORE.replace("[[publishers]]", 'sign_in = "other"\n[[publishers]]'))

        asked, said = practice.boundary("microsoft365", "authorize")
        unknown, told = practice.boundary("microsoft365", "authorize", "--sign-in", "mine")
        chosen, _ = practice.boundary("microsoft365", "authorize", "--sign-in", "microsoft365")

        assert (2, 2, 0) == (asked, unknown, chosen)
        assert "Say --sign-in with one of: microsoft365, other" in said
        assert "allowed: microsoft365, other" in told

    def test_no_description_of_microsofts_is_repeated(self, practice: Practice) -> None:
        """It may name the account."""
        practice.server.sign_in.problem = ("invalid_grant", "AADSTS50173: a.b@example.org changed it.")

        code, said = practice.boundary("microsoft365", "authorize")

        assert 77 == code
        assert "AADSTS50173" in said
        assert "example.org" not in said


class TestToken:
    """Kept, renewed, and shared."""

    def test_a_renewed_sign_in_is_kept_for_the_next_start(self, signed_in: SignedIn) -> None:
        """Microsoft gives a new refresh token with each access token."""
        before = signed_in.secrets[signed_in.sign_in]

        signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main").changes(None)
        after = signed_in.secrets[signed_in.sign_in]
        signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main").changes(None)

        assert before != after
        assert "AccessToken" not in json.loads(after)

    def test_a_newer_sign_in_of_the_command_is_taken_without_a_restart(self, signed_in: SignedIn) -> None:
        """As after a consent was taken back."""
        mailbox = signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main")
        mailbox.changes(None)
        signed_in.server.sign_in.revoke()
        with pytest.raises(AuthorizationNeeded):
            mailbox.changes(None)
        signed_in.sign_in_again()

        assert mailbox.changes(None).gap

    @pytest.mark.parametrize("kept", ["no JSON", "[]", ""])
    def test_a_secret_that_is_no_sign_in_is_told(self, signed_in: SignedIn, kept: str) -> None:
        """Somebody kept something else under its name."""
        signed_in.secrets[signed_in.sign_in] = kept
        mailbox = signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main")

        with pytest.raises(AuthorizationNeeded, match="run: boundary microsoft365 authorize"):
            mailbox.changes(None)

    def test_a_keyring_that_is_locked_is_a_matter_of_signing_in(self, signed_in: SignedIn) -> None:
        """It is tried again once it is open."""
        services = signed_in.services()

        def locked(name: str) -> str | None:
            raise SecretError(f"the keyring with {name} is locked")

        object.__setattr__(services, "secret", locked)
        mailbox = Microsoft365Mailbox(signed_in.settings(MailboxSettings), services)
        signed_in.opened.append(mailbox)

        with pytest.raises(AuthorizationNeeded, match="is locked"):
            mailbox.changes(None)


class TestApplication:
    """An application by itself, for a mailbox that is named."""

    def opened(self, signed_in: SignedIn, **more: str) -> Microsoft365Mailbox:
        """The mailbox of the account."""
        chosen = {"tenant": TENANT, "account": signed_in.account.address, "client_secret": "application"}
        return signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main", **{**chosen, **more})

    def test_reads_the_mailbox_that_is_named(self, signed_in: SignedIn) -> None:
        """As far as an administrator let it."""
        signed_in.secrets["application"] = CLIENT_SECRET
        signed_in.server.sign_in.roles = frozenset({"Mail.Read", "Mail.Send"})
        signed_in.account.mailbox.deliver(invented_message(1))
        mailbox = self.opened(signed_in)

        (provider_id,) = mailbox.changes(None).received

        assert mailbox.fetch(provider_id).headers is not None

    def test_a_secret_that_is_wrong_or_missing_is_told(self, signed_in: SignedIn) -> None:
        """With what to do."""
        with pytest.raises(AuthorizationNeeded, match="boundary secret set application"):
            self.opened(signed_in).changes(None)
        signed_in.secrets["application"] = "wrong"

        with pytest.raises(AuthorizationNeeded, match=r"AADSTS7000215.*make a new one"):
            self.opened(signed_in).changes(None)

    def test_a_permission_that_nobody_granted_is_told(self, signed_in: SignedIn) -> None:
        """An administrator must."""
        signed_in.secrets["application"] = CLIENT_SECRET
        signed_in.server.sign_in.roles = frozenset({"Mail.Send"})

        with pytest.raises(AuthorizationNeeded, match="lacks a permission"):
            self.opened(signed_in).changes(None)

    def test_doctor_tells_a_permission_that_nothing_but_a_response_would_show(
        self, signed_in: SignedIn
    ) -> None:
        """The application's token says what it may."""
        signed_in.secrets["application"] = CLIENT_SECRET
        signed_in.server.sign_in.roles = frozenset({"Mail.Read"})

        *_, sending = self.opened(signed_in).examine()

        assert "the application lacks Mail.Send" == sending.found
        assert "an administrator must allow it" in sending.remedy

    def test_a_mailbox_that_is_not_there_is_refused(self, signed_in: SignedIn) -> None:
        """The key account is named."""
        signed_in.secrets["application"] = CLIENT_SECRET
        signed_in.server.sign_in.roles = frozenset({"Mail.Read"})
        mailbox = self.opened(signed_in, account="nobody@example.com")

        with pytest.raises(Exception, match="no such mailbox; see the key account"):
            mailbox.changes(None)


@pytest.mark.parametrize(
    "settings, problem",
    [
        ({"client_id": "mine"}, "client_id"),
        ({"api_endpoint": "https://graph.example.com/"}, "a server on this machine"),
        ({"account": "a@example.com"}, "belong together"),
        ({"account": "a@example.com", "client_secret": "s"}, "tenant is missing"),
        ({"tenant": "../x"}, "tenant"),
    ],
)
def test_settings_that_cannot_be_meant_are_told(settings: dict[str, str], problem: str) -> None:
    """With what is allowed."""
    with pytest.raises(ValueError, match=problem):
        MailboxSettings.model_validate({"client_id": CLIENT_ID, **settings})
