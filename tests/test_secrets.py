"""The chain of secrets: a systemd credential, the keyring, an encrypted file."""

import stat
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from cryptography.fernet import Fernet
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailingKeyring

from boundary_plugins.errors import SecretError
from boundary_plugins.secrets import HASH_KEY, KEY_CREDENTIAL, SecretChain


@pytest.fixture
def file_only(tmp_path: Path) -> SecretChain:
    """A chain on a headless machine."""
    return SecretChain(tmp_path / "state", use_keyring=False, environment={})


class Ring(KeyringBackend):
    """A keyring that keeps in memory; its module's name passes for a real backend's."""

    priority = 1

    def __init__(self) -> None:
        """Hold nothing yet."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """What was kept."""
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep."""
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget."""
        del self.held[service, username]


class LockedRing(Ring):
    """A keyring that raises, as one does that nobody can unlock."""

    def get_password(self, service: str, username: str) -> str | None:
        """Raise."""
        raise keyring.errors.KeyringLocked("no prompt")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Raise."""
        raise keyring.errors.KeyringLocked("no prompt")


class HangingRing(Ring):
    """A keyring that waits for a person."""

    released = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        """Wait."""
        self.released.wait(30)
        return "too late"


for _ring in (Ring, LockedRing, HangingRing):
    _ring.__module__ = "keyring.backends.memory"


@pytest.fixture(autouse=True)
def _keyring_of_before() -> Iterator[None]:
    """Put the machine's keyring back."""
    before = keyring.get_keyring()
    HangingRing.released.clear()
    yield
    keyring.set_keyring(before)
    HangingRing.released.set()


def chain_with(ring: KeyringBackend, tmp_path: Path, seconds: float = 5.0) -> SecretChain:
    """A chain on a machine with this keyring."""
    keyring.set_keyring(ring)
    return SecretChain(tmp_path / "state", environment={}, keyring_seconds=seconds)


def test_a_secret_is_kept_in_the_keyring_where_there_is_a_real_one(tmp_path: Path) -> None:
    ring = Ring()
    chain = chain_with(ring, tmp_path)

    where = chain.keep("smtp", "s3cret")

    assert "the keyring (memory)" == where
    assert "s3cret" == chain.get("smtp")
    assert ["s3cret"] == list(ring.held.values())
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    "ring",
    [
        # Headless: keyring's own backend that always raises.
        FailingKeyring(),  # type: ignore[no-untyped-call]
        # Locked, and nobody is there.
        LockedRing(),
    ],
)
def test_a_keyring_that_raises_is_left_out(ring: KeyringBackend, tmp_path: Path) -> None:
    chain = chain_with(ring, tmp_path)

    where = chain.keep("smtp", "s3cret")

    assert f"the file {tmp_path / 'state' / 'secrets.enc'}" == where
    assert "s3cret" == chain.get("smtp")


def test_a_keyring_that_hangs_is_asked_once_and_left_out(tmp_path: Path) -> None:
    SecretChain(tmp_path / "state", use_keyring=False, environment={}).set("smtp", "s3cret")
    chain = chain_with(HangingRing(), tmp_path, seconds=0.2)

    assert "s3cret" == chain.get("smtp")
    assert "s3cret" == chain.get("smtp")


def test_a_credential_of_systemd_comes_first_and_is_not_changed_here(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("from systemd\n")
    chain = SecretChain(
        tmp_path / "state", use_keyring=False, environment={"CREDENTIALS_DIRECTORY": str(tmp_path)}
    )

    assert "from systemd" == chain.get("smtp")
    with pytest.raises(SecretError, match="change it in the unit"):
        chain.set("smtp", "mine")


def test_a_secrets_name_leads_to_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text("somebody")
    (tmp_path / "credentials").mkdir()
    chain = SecretChain(
        tmp_path / "state",
        use_keyring=False,
        environment={"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")},
    )

    assert None is chain.get("../passwd")


def test_nothing_that_was_not_kept_is_found(file_only: SecretChain) -> None:
    assert None is file_only.get("smtp")

    file_only.set("other", "x")

    assert None is file_only.get("smtp")


def test_the_file_and_its_key_are_private_and_hold_no_plain_text(
    file_only: SecretChain, tmp_path: Path
) -> None:
    file_only.set("smtp", "s3cret")
    file_only.set("imap", "pässword ☃")

    assert ("s3cret", "pässword ☃") == (file_only.get("smtp"), file_only.get("imap"))
    state = tmp_path / "state"
    assert 0o700 == stat.S_IMODE(state.stat().st_mode)
    for file in state.iterdir():
        assert 0o600 == stat.S_IMODE(file.stat().st_mode), file
        assert b"s3cret" not in file.read_bytes()


@pytest.mark.parametrize("name", ["secrets.enc", "secrets.key"])
def test_a_file_that_others_can_read_is_refused(file_only: SecretChain, tmp_path: Path, name: str) -> None:
    file_only.set("smtp", "s3cret")
    file = tmp_path / "state" / name
    file.chmod(0o640)

    with pytest.raises(SecretError, match=f"others can read .*{name}; allowed is 0600"):
        file_only.get("smtp")


def test_a_lost_or_wrong_key_is_told_and_nothing_is_overwritten(
    file_only: SecretChain, tmp_path: Path
) -> None:
    file_only.set("smtp", "s3cret")
    key, file = tmp_path / "state" / "secrets.key", tmp_path / "state" / "secrets.enc"
    kept, before = key.read_bytes(), file.read_bytes()

    key.write_bytes(Fernet.generate_key())
    with pytest.raises(SecretError, match="cannot be read with the key"):
        file_only.set("smtp", "new")
    key.write_bytes(b"no key at all")
    with pytest.raises(SecretError, match="cannot be read with the key"):
        file_only.get("smtp")
    key.unlink()
    with pytest.raises(SecretError, match="is missing"):
        file_only.set("smtp", "new")

    assert before == file.read_bytes()
    key.write_bytes(kept)
    key.chmod(0o600)
    assert "s3cret" == file_only.get("smtp")


def test_the_files_key_may_be_a_credential_of_systemd(tmp_path: Path) -> None:
    (tmp_path / KEY_CREDENTIAL).write_bytes(Fernet.generate_key() + b"\n")
    chain = SecretChain(
        tmp_path / "state", use_keyring=False, environment={"CREDENTIALS_DIRECTORY": str(tmp_path)}
    )

    chain.set("smtp", "s3cret")

    assert "s3cret" == chain.get("smtp")
    assert not (tmp_path / "state" / "secrets.key").exists()


def test_the_hash_key_is_made_once_and_stays(file_only: SecretChain, tmp_path: Path) -> None:
    first = file_only.hash_key()

    file_only.set("smtp", "s3cret")

    assert 32 == len(first)
    assert first == SecretChain(tmp_path / "state", use_keyring=False, environment={}).hash_key()


def test_eight_processes_make_one_hash_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from boundary_plugins.secrets import SecretChain\n"
        f"chain = SecretChain(Path({str(tmp_path / 'state')!r}), use_keyring=False, environment={{}})\n"
        "print('ready', flush=True); sys.stdin.readline(); print(chain.hash_key().hex())"
    )
    pipe = subprocess.PIPE
    racers = [
        subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True) for _ in range(8)
    ]
    for racer in racers:
        assert racer.stdout is not None
        racer.stdout.readline()

    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    keys = {racer.communicate(timeout=60)[0] for racer in racers}

    assert 1 == len(keys)


@pytest.mark.parametrize("content", ["", "not base64!", b64encode(b"short").decode()])
def test_a_hash_key_that_is_none_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / HASH_KEY).write_text(content)
    chain = SecretChain(
        tmp_path / "state", use_keyring=False, environment={"CREDENTIALS_DIRECTORY": str(tmp_path)}
    )

    with pytest.raises(SecretError, match="32 bytes in base64"):
        chain.hash_key()
