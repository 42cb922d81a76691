"""Where secrets lie: a systemd credential, else the keyring, else an encrypted file of this user.

What each protects, honestly. A *systemd credential* is as safe as systemd keeps it (encrypted at rest
with the TPM where the unit says so) and cannot be written by us. A *keyring* is locked while nobody is
signed in. The *file* is encrypted with a key that lies in a second file beside it, both 0600: this keeps
secrets out of a backup or a search that takes one of the two, and from other users of the machine. It
protects from nobody who can read both files as this user, nor from root. Give the key as the systemd
credential `boundary-secrets-key`, and the file alone is worth nothing.
"""

import json
import os
import stat
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_bytes
from typing import Any

from boundary_plugins.errors import SecretError, StoreError
from boundary_plugins.store.file_lock import locked_file

SERVICE = "boundary-plugins"
KEY_CREDENTIAL = "boundary-secrets-key"
HASH_KEY = "keyed-hash-key"
#: A keyring that asks a person, or a bus that does not answer, must not hold a daemon up.
KEYRING_SECONDS = 5.0


class SecretChain:
    """Implements ports.SecretStore by asking each place in turn.

    `directory` holds `secrets.enc` and `secrets.key`. `use_keyring` False leaves the keyring out.
    """

    def __init__(
        self,
        directory: Path,
        *,
        use_keyring: bool = True,
        environment: Mapping[str, str] = os.environ,
        keyring_seconds: float = KEYRING_SECONDS,
    ) -> None:
        """Open nothing yet; `environment` names systemd's folder in CREDENTIALS_DIRECTORY."""
        self._credentials = _credentials_directory(environment)
        self._file = _SecretFile(directory, self._credentials)
        self._keyring = _Keyring(keyring_seconds) if use_keyring else None

    def get(self, name: str) -> str | None:
        """The secret from the first place that has it, None where none has. Raises SecretError.

        A keyring that raises or hangs is left out; the file is asked then.
        """
        if self._credentials is not None and _is_plain(name):
            value = _read_text(self._credentials / name)
            if value is not None:
                return value.rstrip("\n")
        if self._keyring is not None and (value := self._keyring.get(name)) is not None:
            return value
        return self._file.read().get(name)

    def set(self, name: str, value: str) -> None:
        """Keep a secret; see `keep`, which says where."""
        self.keep(name, value)

    def keep(self, name: str, value: str) -> str:
        """Keep a secret and say where: "the keyring (SecretService)" or "the file …". Raises SecretError.

        A secret that systemd gives cannot be changed here, since it would be found first; nor can the key
        of the keyed hashes, with another one of which the program would forget whom it answered.
        """
        if name == HASH_KEY:
            raise SecretError(f"the secret {name} is the program's own and is not changed")
        if self._credentials is not None and _is_plain(name) and (self._credentials / name).exists():
            raise SecretError(f"the secret {name} is a systemd credential; change it in the unit")
        if self._keyring is not None and self._keyring.set(name, value):
            return f"the keyring ({self._keyring.backend})"
        self._file.update(name, lambda _: value)
        return f"the file {self._file.path}"

    def hash_key(self) -> bytes:
        """The 32-byte key of the keyed hashes, made once, whoever comes first. Raises SecretError.

        It lies in the file (or a credential), never in the keyring: a daemon that starts while the
        keyring is locked must find the same key, or it would not know whom it has answered.
        """
        kept = self._kept_hash_key()
        if kept is None:
            kept = self._file.update(HASH_KEY, _new_key_unless)
        try:
            key = b64decode(kept.strip(), validate=True)
        except ValueError:
            key = b""
        if len(key) != 32:
            raise SecretError(f"the secret {HASH_KEY} must be 32 bytes in base64")
        return key

    def has_hash_key(self) -> bool:
        """Whether the key of the keyed hashes was made before; nothing is made by asking. Raises SecretError."""
        return self._kept_hash_key() is not None

    def _kept_hash_key(self) -> str | None:
        """The key as it is kept, None where there is none yet."""
        kept = None if self._credentials is None else _read_text(self._credentials / HASH_KEY)
        return self._file.read().get(HASH_KEY) if kept is None else kept


def _new_key_unless(kept: str | None) -> str:
    """The key that is there, else a new one."""
    return kept or b64encode(token_bytes(32)).decode("ascii")


class _Keyring:
    """The system's keyring, where it is a real one and answers in time."""

    def __init__(self, seconds: float) -> None:
        """Import nothing yet."""
        self._seconds = seconds
        self._usable: bool | None = None
        self.backend = ""

    def get(self, name: str) -> str | None:
        """The secret; None where it is not there or the keyring cannot be used."""
        if not self._is_usable():
            return None
        done, value = self._ask(lambda ring: ring.get_password(SERVICE, name))
        return value if done and isinstance(value, str) else None

    def set(self, name: str, value: str) -> bool:
        """Whether the keyring took it."""
        return self._is_usable() and self._ask(lambda ring: ring.set_password(SERVICE, name, value))[0]

    def _is_usable(self) -> bool:
        """Whether there is a real backend; keyring's own `fail`, `null` and plain-text ones are not."""
        if self._usable is None:
            done, ring = self._ask(lambda ring: ring.get_keyring())
            home = type(ring).__module__
            self._usable = (
                done and home.startswith("keyring.backends.") and not home.endswith((".fail", ".null"))
            )
            self.backend = home.rpartition(".")[2]
        return self._usable

    def _ask(self, question: Callable[[Any], object]) -> tuple[bool, object]:
        """Ask in a thread of its own, since a locked keyring waits for a person; (answered, answer)."""
        answer: list[object] = []

        def ask() -> None:
            try:
                import keyring

                answer.append(question(keyring))
            except Exception:
                # Whatever a backend raises, the next place in the chain is asked.
                return

        thread = threading.Thread(target=ask, name="keyring", daemon=True)
        thread.start()
        thread.join(self._seconds)
        if not answer:
            self._usable = False
        return (True, answer[0]) if answer else (False, None)


class _SecretFile:
    """A file of secrets under Fernet (AES-128-CBC and HMAC-SHA-256), and its key."""

    def __init__(self, directory: Path, credentials: Path | None) -> None:
        """Name both files."""
        self.path = directory / "secrets.enc"
        self._key_path = directory / "secrets.key"
        self._credentials = credentials

    def read(self) -> dict[str, str]:
        """Every secret in the file; none where there is no file. Raises SecretError."""
        content = _read_private(self.path)
        if content is None:
            return {}
        key = self._key()
        if key is None:
            raise SecretError(f"{self.path} is there, but its key {self._key_path} is missing")
        from cryptography.fernet import Fernet, InvalidToken

        try:
            secrets: dict[str, str] = json.loads(Fernet(key).decrypt(content))
        except (InvalidToken, ValueError):
            raise SecretError(f"{self.path} cannot be read with the key {self._key_path}") from None
        return secrets

    def update(self, name: str, change: Callable[[str | None], str]) -> str:
        """Replace one secret by what `change` makes of it, one process at a time. Raises SecretError."""
        try:
            with locked_file(self.path.with_name("secrets.lock"), wait=True):
                secrets = self.read()
                value = change(secrets.get(name))
                self._write({**secrets, name: value})
        except StoreError as error:
            raise SecretError(str(error)) from None
        except OSError as error:
            raise SecretError(f"{self.path} cannot be written: {error.strerror}") from None
        return value

    def _write(self, secrets: Mapping[str, str]) -> None:
        """Encrypt everything, and put the file in place of the old one."""
        from cryptography.fernet import Fernet

        key = self._key()
        if key is None:
            key = Fernet.generate_key()
            _write_private(self._key_path, key)
        _write_private(self.path, Fernet(key).encrypt(json.dumps(dict(secrets)).encode("utf-8")))

    def _key(self) -> bytes | None:
        """The key: systemd's, else the file's."""
        if self._credentials is not None:
            given = _read_text(self._credentials / KEY_CREDENTIAL)
            if given is not None:
                return given.strip().encode("ascii", "replace")
        return _read_private(self._key_path)


def _credentials_directory(environment: Mapping[str, str]) -> Path | None:
    """Systemd's folder of credentials, where the program runs as its service."""
    folder = environment.get("CREDENTIALS_DIRECTORY")
    return Path(folder) if folder else None


def _is_plain(name: str) -> bool:
    """Whether the name is one of a file in the folder, and leads nowhere else."""
    return (
        bool(name) and name not in (".", "..") and "/" not in name and "\\" not in name and "\0" not in name
    )


def _read_text(path: Path) -> str | None:
    """The text of a file, None where there is none. Raises SecretError."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise SecretError(f"the credential {path.name} cannot be read as text") from None


def _read_private(path: Path) -> bytes | None:
    """The content of a file that only its owner can read, None where there is none. Raises SecretError."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise SecretError(f"others can read {path}; allowed is 0600: run chmod 600 {path}")
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecretError(f"{path} cannot be read: {error.strerror}") from None


def _write_private(path: Path, content: bytes) -> None:
    """Write a 0600 file so that a power loss leaves the old one or the new one."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
