"""The line of a key is found in whatever way TOML lets a person write it."""

import tomllib

import pytest

from sync.config.places import KeyPath, find_places, written

TEXT = '''# a comment with [brackets] and = signs
mode = "preview"
[company]  # a table
calendar = { country = "GB", closed = [
    "2026-12-24",   # a date, with , and ] in the comment
    2026-12-31,
] }
[connections."s f".records]
invoice.columns = { id = 'a"b', "odd key" = 1.5 }
[[rule]]
name = "one"
why = """
[not.a.table]
fake = 1
"""
[rule.task]
subject = "x"
[[rule]]
when = "a = 'b' # no comment"
[[rule.examples]]
fires = true
[[rule.examples]]
fires = false
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("mode",), 2),
        (("company",), 3),
        (("company", "calendar", "country"), 4),
        (("company", "calendar", "closed", 0), 5),
        (("company", "calendar", "closed", 1), 6),
        (("connections", "s f", "records", "invoice", "columns", "odd key"), 9),
        (("rule", 0, "why"), 12),
        (("rule", 0, "task", "subject"), 17),
        (("rule", 1, "when"), 19),
        (("rule", 1, "examples", 1, "fires"), 23),
    ],
)
def test_the_line_of_a_key(path: KeyPath, line: int) -> None:
    assert find_places("k.toml", TEXT).line(path) == line


def test_the_text_is_toml_and_every_key_of_it_has_a_line() -> None:
    places = find_places("k.toml", TEXT)
    for path in _paths(tomllib.loads(TEXT)):
        assert path in places.lines


def test_a_missing_key_is_placed_at_the_table_that_lacks_it() -> None:
    assert find_places("k.toml", TEXT).line(("company", "timezone")) == 3
    assert find_places("k.toml", TEXT).line(("mirror", "url")) is None


def test_a_path_is_written_with_positions_from_one() -> None:
    assert written(("rule", 0, "examples", 1, "fires")) == "rule[1].examples[2].fires"


def _paths(value: object, path: KeyPath = ()) -> list[KeyPath]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    # `connections` itself stands nowhere in the file: only the table inside it does.
    found = [
        (*path, key) for key, _ in inner if (*path, key) not in {("connections",), ("connections", "s f")}
    ]
    return found + [deep for key, part in inner for deep in _paths(part, (*path, key))]
