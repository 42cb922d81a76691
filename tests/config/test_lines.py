"""The line of every key, table and list item of a TOML text."""

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tomlkit import dumps

from boundary_plugins.config.lines import KeyPath, key_lines, line_of

TEXT = '''\
top = "a # no comment \\" ]" # comment [not.a.table]
[a.b]                                    # 2
"quoted key" = 1
c.d = { e = 1, f = [1, 2] }
list = [ # comment
  "x, ]", # six
  """
seven [
""",
  'ten', { g = 1 },
]
text = \'\'\'
[no.table]
key = 1\'\'\'
[[t]]
n = 1
[t.sub]
m = 2
[[t]]
n = 1979-05-27 07:32:00
[[t.inner]]
k = true
'''


def test_each_key_of_a_twisted_text_has_its_line() -> None:
    lines = key_lines(TEXT)

    expected: dict[KeyPath, int] = {
        ("top",): 1,
        ("a", "b"): 2,
        ("a", "b", "quoted key"): 3,
        ("a", "b", "c"): 4,
        ("a", "b", "c", "d"): 4,
        ("a", "b", "c", "d", "e"): 4,
        ("a", "b", "c", "d", "f"): 4,
        ("a", "b", "c", "d", "f", 0): 4,
        ("a", "b", "c", "d", "f", 1): 4,
        ("a", "b", "list"): 5,
        ("a", "b", "list", 0): 6,
        ("a", "b", "list", 1): 7,
        ("a", "b", "list", 2): 10,
        ("a", "b", "list", 3): 10,
        ("a", "b", "list", 3, "g"): 10,
        ("a", "b", "text"): 12,
        ("t",): 15,
        ("t", 0): 15,
        ("t", 0, "n"): 16,
        ("t", 0, "sub"): 17,
        ("t", 0, "sub", "m"): 18,
        ("t", 1): 19,
        ("t", 1, "n"): 20,
        ("t", 1, "inner"): 21,
        ("t", 1, "inner", 0): 21,
        ("t", 1, "inner", 0, "k"): 22,
    }
    assert expected == lines


def test_windows_line_ends_count_once() -> None:
    lines = key_lines("a = 1\r\nb = 2\r\n")

    assert {("a",): 1, ("b",): 2} == lines


def test_what_is_not_written_has_the_line_of_the_table_around_it() -> None:
    lines = key_lines("[a]\n[b]\nc = 1\n")

    assert 2 == line_of(lines, ("b", "missing", "deeper"))
    assert line_of(lines, ("elsewhere",)) is None


keys = st.text(st.sampled_from("ab-_1é .\"'#[]"), min_size=1, max_size=4)
leaves = st.booleans() | st.integers(-9, 9) | st.text(st.sampled_from("a\"'\\#[]{}=,\n\t é"), max_size=8)


def tables(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(keys, inner, max_size=3)


values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | tables(inner), max_leaves=8)


def paths_of(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths_of(inner, (*path, key))


@given(tables(values))
def test_exactly_the_paths_that_a_real_parser_finds_have_lines(table: dict[str, Any]) -> None:
    text = dumps(table)
    read = tomllib.loads(text)

    lines = key_lines(text)

    implied = {path[:length] for path in lines for length in range(1, len(path))}
    assert set(paths_of(read)) == set(lines) | implied
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
