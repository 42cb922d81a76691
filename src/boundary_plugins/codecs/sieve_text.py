"""The grammar of Sieve (RFC 5228, section 8) as far as scripts are written: strings, lists and tests."""

from collections.abc import Iterable, Sequence

#: A script that is read by a person keeps its lists below this width.
_WIDTH = 110
_STEP = "    "


def quoted(text: str) -> str:
    """A string, which may hold line breaks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def multi_line(text: str) -> str:
    """A text of several lines as a string of its own form, ended by a line with a dot alone."""
    lines = ("." + line if line.startswith(".") else line for line in text.rstrip("\n").split("\n"))
    return "\n".join(["text:", *lines, "."])


def literal(text: str) -> str:
    """The text with every "${" hidden from variables (RFC 5229, section 3), by the variable `dollar`."""
    return text.replace("${", "${dollar}{")


def glob(text: str) -> str:
    """The text for `:matches`, in which it stands for itself alone."""
    return "".join("\\" + character if character in "*?\\" else character for character in text)


def listed(texts: Iterable[str], depth: int) -> str:
    """A list of strings, as many on each line as fit; what follows on it is indented by `depth` steps."""
    strings = [quoted(text) for text in texts]
    if len(strings) == 1:
        return strings[0]
    indent = _STEP * (depth + 1)
    lines = [""]
    for position, string in enumerate(strings):
        piece = string + ("," if position < len(strings) - 1 else "")
        if lines[-1] and len(indent + lines[-1]) + 1 + len(piece) > _WIDTH:
            lines.append("")
        lines[-1] += f" {piece}" if lines[-1] else piece
    if len(lines) == 1 and len(lines[0]) < _WIDTH // 2:
        return f"[{lines[0]}]"
    return "\n".join(["[", *(indent + line for line in lines), f"{_STEP * depth}]"])


def any_of(tests: Sequence[str], depth: int) -> str:
    """A test that is true where one of them is."""
    return _joined("anyof", tests, depth)


def all_of(tests: Sequence[str], depth: int) -> str:
    """A test that is true where each of them is."""
    return _joined("allof", tests, depth)


def indented(text: str, depth: int) -> str:
    """A line, or several that belong together, at a depth."""
    return _STEP * depth + text


def _joined(name: str, tests: Sequence[str], depth: int) -> str:
    """The tests in a list, each on a line of its own where they are long."""
    if len(tests) == 1:
        return tests[0]
    short = f"{name} ({', '.join(tests)})"
    if len(short) < _WIDTH and "\n" not in short:
        return short
    inner = ",\n".join(indented(test, depth + 1) for test in tests)
    return f"{name} (\n{inner}\n{indented(')', depth)}"
