"""What somebody's own Sieve scripts do that bears on ours, read without running them; and the one that joins both."""

import re
from collections.abc import Iterator

_WORDS = re.compile(
    r'(?P<comment>\#[^\n]*|/\*.*?\*/)|(?P<string>"(?:[^"\\]|\\.)*"|text:[ \t]*(?:\#[^\n]*)?\n(?:.*?\n)??\.(?:\n|\Z))'
    r"|(?P<word>:?[A-Za-z_][A-Za-z0-9_]*)|.",
    re.DOTALL,
)
#: Actions that send something back: a second one in the same run makes the whole run fail (RFC 5230, section 4.7).
SENDING_BACK = frozenset({"vacation", "reject", "ereject"})

_MARK = "# Boundary Plugins: the script of the program, and after it your own."
_ADVICE = "# Change your own one as you like; to take the program's away, activate yours."
#: What stands in the place of our script until it is in force.
BEING_SET_UP = "# Boundary Plugins: this script is being set up.\n"


def actions_in(script: str) -> frozenset[str]:
    """The commands and tests that a script names, in small letters; not what stands in comments and strings."""
    return frozenset(word.lower() for kind, word in _words(script) if kind == "word")


def includes_in(script: str) -> tuple[tuple[str, bool], ...]:
    """The scripts that a script includes (RFC 6609), each with whether it is the user's own (personal)."""
    found: list[tuple[str, bool]] = []
    words = _words(script)
    for kind, word in words:
        if kind != "word" or word.lower() != "include":
            continue
        is_personal = True
        for follows, text in words:
            is_personal = is_personal and text.lower() != ":global"
            if follows == "string":
                found.append((_unquoted(text), is_personal))
                break
    return tuple(found)


def joining_script(ours: str, theirs: str) -> str:
    """A script that runs ours and then theirs, as it is; either may be deleted without harm.

    Ours is first, because it only ever answers, while theirs may stop.
    """
    return (
        f'{_MARK}\n{_ADVICE}\nrequire "include";\n'
        f"include :personal :optional {_quoted(ours)};\ninclude :personal :optional {_quoted(theirs)};\n"
    )


def joined_by(script: str, ours: str) -> str | None:
    """The name of their script where a script is as `joining_script` wrote it; None where it is not."""
    included = includes_in(script)
    theirs = included[1][0] if len(included) == 2 else ""
    return theirs if unix(script) == joining_script(ours, theirs) else None


def unix(script: str) -> str:
    """A script with LF alone at the ends of lines, and one at its end."""
    return script.replace("\r\n", "\n").rstrip("\n") + "\n"


def _words(script: str) -> Iterator[tuple[str, str]]:
    """The words and strings of a script."""
    for found in _WORDS.finditer(script.replace("\r\n", "\n")):
        if found.lastgroup in ("word", "string"):
            yield found.lastgroup, found[0]


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unquoted(text: str) -> str:
    """What a quoted string means."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])
