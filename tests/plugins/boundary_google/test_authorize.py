"""The sign-in, through the command line and a stand-in for the browser, at a real server."""

import json
import threading
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from boundary_plugins.cli import execute
from boundary_plugins.secrets import SecretChain
from servers.google import Account, GoogleServer

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["ADDRESS"]
[hours]
weekly = "mon-fri 09:00-17:00"
[plugins]
enable = ["google"]
[store]
state_directory = "state"
[[mailboxes]]
name = "main"
kind = "gmail"
api_endpoint = "ENDPOINT"
"""
METADATA, SEND, MODIFY, READONLY = (
    f"https://www.googleapis.com/auth/gmail.{name}" for name in ("metadata", "send", "modify", "readonly")
)


@dataclass(slots=True)
class Practice:
    """A configuration with a Gmail mailbox, and the command line."""

    folder: Path
    google: GoogleServer
    capsys: pytest.CaptureFixture[str]

    def boundary(self, *arguments: str) -> tuple[int, str]:
        """The exit code and everything that was said."""
        code = execute(["--config", str(self.folder / "config.toml"), *arguments])
        said = self.capsys.readouterr()
        return code, said.out + said.err

    def configure(self, *lines: str, address: str = "") -> None:
        """Write the configuration, with further lines for the mailbox."""
        text = CONFIG.replace("ADDRESS", address or self.google.sign_in.consenting)
        text = text.replace("ENDPOINT", self.google.url) + "\n".join(lines)
        (self.folder / "config.toml").write_text(text)

    def client_file(self) -> str:
        """The file that Google's console gives."""
        path = self.folder / "client.json"
        path.write_text(json.dumps(self.google.sign_in.client()))
        return str(path)

    def kept(self) -> dict[str, object]:
        """The sign-in among the secrets."""
        text = SecretChain(self.folder / "state", use_keyring=False).get("google")
        found: dict[str, object] = json.loads(text) if text else {}
        return found


@pytest.fixture
def practice(
    tmp_path: Path,
    google: GoogleServer,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Practice]:
    """A practice whose therapist has a browser and no keyring."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr(webbrowser, "get", lambda using=None: Browser(requests.get))
    made = Practice(tmp_path, google, capsys)
    made.configure(address=account.address)
    google.sign_in.asked.clear()
    yield made
    google.sign_in.denies, google.sign_in.testing = False, False
    google.sign_in.unticked = frozenset()


class Browser:
    """Opens an address and follows where it is sent, as a browser of somebody who consents does."""

    def __init__(self, get: Callable[[str], object]) -> None:
        self.get = get

    def open(self, url: str, **how: object) -> None:
        threading.Thread(target=self.get, args=(url,), daemon=True).start()


def test_a_person_signs_in_with_the_least_scopes(practice: Practice, account: Account) -> None:
    """Header fields and sending; PKCE; a token that is kept and never shown."""
    code, said = practice.boundary("google", "authorize", "--client", practice.client_file())

    kept = practice.kept()
    asked = practice.google.sign_in.asked[0]
    assert (0, "authorized_user") == (code, kept["type"])
    assert [METADATA, SEND] == kept["scopes"]
    assert "mailbox main needs gmail.metadata, gmail.send." in said
    assert "S256" == asked["code_challenge_method"]
    assert account.address == asked["login_hint"]
    assert "include_granted_scopes" not in asked
    assert str(kept["refresh_token"]) not in said
    assert f"The sign-in google is kept in the file {practice.folder}" in said


def test_the_client_is_remembered_for_the_next_time(practice: Practice) -> None:
    """More is consented to when the configuration needs more, and only that."""
    practice.boundary("google", "authorize", "--client", practice.client_file())
    practice.configure("label_answered = true")

    code, _ = practice.boundary("google", "authorize")

    assert (0, [MODIFY]) == (code, practice.kept()["scopes"])


def test_calendars_and_publishers_share_the_sign_in(practice: Practice) -> None:
    """One consent for all that is used; what writes events need not ask to read them, too."""
    table = f'kind = "google-calendar"\napi_endpoint = "{practice.google.url}"'
    practice.configure(
        f'[[calendars]]\nname = "work"\n{table}',
        f'[[publishers]]\nname = "shown"\ncalendar = "primary"\n{table}',
    )

    code, said = practice.boundary("google", "authorize", "--client", practice.client_file())

    events = "https://www.googleapis.com/auth/calendar.events"
    assert (0, [events, METADATA, SEND]) == (code, practice.kept()["scopes"])
    assert "calendar work needs calendar.events.readonly." in said
    assert "publisher shown needs calendar.events." in said


def test_without_a_client_it_says_where_to_get_one(practice: Practice) -> None:
    """A usage error, in one sentence."""
    code, said = practice.boundary("google", "authorize")

    assert 2 == code
    assert "--client FILE (plugins/boundary_google/README.md" in said


def test_a_refused_consent_keeps_nothing(practice: Practice) -> None:
    """Exit code 77, as for any sign-in that is needed."""
    practice.google.sign_in.denies = True

    code, said = practice.boundary("google", "authorize", "--client", practice.client_file())

    assert (77, {}) == (code, practice.kept())
    assert "sign-in google: the consent was refused; nothing was kept" in said


def test_a_tick_that_was_taken_off_is_told(practice: Practice) -> None:
    """People may grant only a part of what is asked."""
    practice.google.sign_in.unticked = frozenset({SEND})

    code, said = practice.boundary("google", "authorize", "--client", practice.client_file())

    assert (77, {}) == (code, practice.kept())
    assert "without gmail.send it does not work; please leave every tick" in said


def test_a_project_in_testing_is_told_at_once(practice: Practice) -> None:
    """Its sign-in ends after a week, which nobody should find out by silence."""
    practice.google.sign_in.testing = True

    code, said = practice.boundary("google", "authorize", "--client", practice.client_file())

    assert 0 == code
    assert 'It ends after 7 days, because your Cloud project is in "Testing".' in said
    assert practice.kept()["ends_at"]


def test_revoking_takes_it_back_at_google_and_here(practice: Practice) -> None:
    """A second time there is nothing to take back."""
    practice.boundary("google", "authorize", "--client", practice.client_file())
    token = practice.kept()["refresh_token"]

    first = practice.boundary("google", "revoke")
    second = practice.boundary("google", "revoke")

    refused = requests.post(f"{practice.google.url}revoke", data={"token": token}, timeout=10)
    assert (0, "The sign-in google is no longer kept. Google has been told.\n") == first
    assert (0, "There is no sign-in google.\n") == second
    assert 400 == refused.status_code
    assert {} == practice.kept()


def test_a_google_that_cannot_take_it_back_now_leaves_it_kept(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would stay valid there, and nobody could take it back any more."""
    practice.boundary("google", "authorize", "--client", practice.client_file())
    monkeypatch.setattr(practice.google.sign_in, "down", True)

    code, said = practice.boundary("google", "revoke")

    assert 1 == code
    assert "nothing was changed, please try again" in said
    assert practice.kept()["refresh_token"]


def test_a_service_account_is_kept_with_what_the_administrator_must_allow(practice: Practice) -> None:
    """Its file may go afterwards."""
    practice.configure('account = "therapist@example.com"')
    file = practice.folder / "key.json"
    file.write_text(json.dumps(practice.google.sign_in.service_account()))

    code, said = practice.boundary("google", "authorize", "--service-account", str(file))

    assert (0, "service_account") == (code, practice.kept()["type"])
    assert f"{METADATA},{SEND}" in said
    assert "please delete it" in said


def test_a_service_account_needs_somebody_to_act_for(practice: Practice) -> None:
    """It has no mailbox of its own."""
    file = practice.folder / "key.json"
    file.write_text(json.dumps(practice.google.sign_in.service_account()))

    code, said = practice.boundary("google", "authorize", "--service-account", str(file))

    assert (2, {}) == (code, practice.kept())
    assert 'add account = "you@your.domain"' in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("not json", "client.json: it is no JSON; allowed: the file as Google gave it"),
        ("[]", "client.json: it is no object in JSON"),
        (
            '{"web": {}}',
            "client.json: the file is of a web application; allowed: the file of an OAuth client",
        ),
        ('{"installed": {"client_id": "1"}}', "client.json: client_secret is missing"),
        (
            '{"installed": {"client_id": "1", "client_secret": "2", "auth_uri": "3",'
            ' "token_uri": "https://example.org/token"}}',
            "client.json: token_uri is none of Google's",
        ),
    ],
)
def test_a_wrong_file_is_told_in_a_sentence(practice: Practice, text: str, problem: str) -> None:
    """And nobody's token is asked for elsewhere than at Google."""
    file = practice.folder / "client.json"
    file.write_text(text)

    code, said = practice.boundary("google", "authorize", "--client", str(file))

    assert 1 == code
    assert problem in said


def test_several_sign_ins_are_told_apart(practice: Practice) -> None:
    """One for each account of a practice."""
    practice.configure('\n[[mailboxes]]\nname = "office"\nkind = "gmail"\nsign_in = "office"')

    unclear = practice.boundary("google", "authorize")
    unknown = practice.boundary("google", "revoke", "--sign-in", "home")

    assert (2, 2) == (unclear[0], unknown[0])
    assert "Say --sign-in with one of: google, office" in unclear[1]
    assert "there is no sign-in home; allowed: google, office" in unknown[1]


@pytest.mark.parametrize("endpoint", ["https://mail.example.org/", "http://10.0.0.1/", "file:///tmp"])
def test_mail_goes_nowhere_but_to_google(practice: Practice, endpoint: str) -> None:
    """Another address is allowed on this machine only."""
    path = practice.folder / "config.toml"
    path.write_text(path.read_text().replace(practice.google.url, endpoint))

    code, said = practice.boundary("google", "authorize")

    assert 78 == code
    assert "api_endpoint: must not be" in said or "allowed: a server on this machine" in said
