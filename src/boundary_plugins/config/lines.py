"""On which line of a TOML text each key stands; the parsers of this language forget it."""

import re
import tomllib

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]+")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"""+', re.DOTALL),
    re.compile(r"'''.*?'''+", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of each table, key and list item of a *valid* TOML text, by its path.

    Items of arrays of tables and of lists are numbers: ("mailboxes", 0, "smtp", "port").
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int | None:
    """The line of the path, or of the nearest table around it; None where nothing of it is written."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


class _Scanner:
    """Walks once over a text that a real parser has accepted."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[KeyPath, int] = {}
        self._tables: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._skip(_BLANK):
            if self._next() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Step over what matches; whether anything is left."""
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at < len(self._text)

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _note(self, path: KeyPath) -> None:
        self._lines.setdefault(path, self._text.count("\n", 0, self._at) + 1)

    def _header(self) -> KeyPath:
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        *parents, last = self._dotted()
        path: KeyPath = ()
        for parent in parents:
            path = self._latest((*path, parent))
        path = (*path, last)
        self._note(path)
        if brackets == 2:
            self._tables[path] = self._tables.get(path, -1) + 1
            path = self._latest(path)
            self._note(path)
        self._at += brackets
        return path

    def _latest(self, path: KeyPath) -> KeyPath:
        """The path itself, or (array of tables) its newest item."""
        return (*path, self._tables[path]) if path in self._tables else path

    def _dotted(self) -> list[str]:
        keys = [self._key()]
        while self._next() == ".":
            self._at += 1
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        self._skip(_SPACE)
        start = self._at
        if self._next() in ('"', "'"):
            self._string()
            key = str(tomllib.loads(f"key = {self._text[start : self._at]}")["key"])
        else:
            self._skip(_BARE_KEY)
            key = self._text[start : self._at]
        self._skip(_SPACE)
        return key

    def _pair(self, table: KeyPath) -> None:
        start = self._at
        keys = self._dotted()
        for length in range(1, len(keys) + 1):
            end, self._at = self._at, start
            self._note((*table, *keys[:length]))
            self._at = end
        self._at += 1
        self._skip(_SPACE)
        self._value((*table, *keys))

    def _value(self, path: KeyPath) -> None:
        self._note(path)
        if self._next() in ('"', "'"):
            self._string()
        elif self._next() == "[":
            self._items(path, "]")
        elif self._next() == "{":
            self._items(path, "}")
        else:
            self._skip(_SCALAR)

    def _string(self) -> None:
        for pattern in _STRINGS:
            found = pattern.match(self._text, self._at)
            if found:
                self._at = found.end()
                return
        # A parser accepted the text, so this is not reached; a step forward keeps the walk finite.
        self._at += 1

    def _items(self, path: KeyPath, closing: str) -> None:
        self._at += 1
        index = 0
        while self._skip(_BLANK) and self._next() != closing:
            if closing == "]":
                self._value((*path, index))
            else:
                self._pair(path)
            index += 1
            self._skip(_BLANK)
            if self._next() == ",":
                self._at += 1
        self._at += 1
