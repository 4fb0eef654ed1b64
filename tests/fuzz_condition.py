"""Feeds conditions that a fuzzer makes up to the reader: each is refused with our own error, or runs on a real engine.

`make fuzz` starts it for FUZZ_SECONDS, from the conditions of the catalogue. It ends with exit code 0, or with the
input that broke something, which it leaves in .fuzz/ (python tests/fuzz_condition.py .fuzz/crash-... tries one again).
"""

import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # installed by `make fuzz` alone
import duckdb

with atheris.instrument_imports(include=["rules.condition", "rules.duration"]):
    from rules.condition.functions import FUNCTIONS
    from rules.condition.read import read_condition
    from rules.condition.text import KEYWORDS

from rules.columns import Column, Param, Segments
from rules.condition.doubt import Doubt
from rules.errors import RulesError
from rules.facts import read_facts
from rules.rule import read_rules
from rules.source_sql import SQL_TYPES

HOME = Path(__file__).parents[1]
LEFT = HOME / ".fuzz"
LONGEST, SECONDS_PER_INPUT = 2_100, 10
"""A little more than a condition may have; and what an input may cost on a busy machine."""

COLUMNS: Mapping[str, Column] = {
    name: column for view in read_facts().values() for name, column in view.columns.items()
}
DOUBTS: Mapping[str, Doubt] = {
    name: doubt for view in read_facts().values() for name, doubt in view.doubts.items()
}
PARAMS: Mapping[str, Param] = {
    "limit": Param(
        name="limit", value=Segments(by="account_tier", cases={"A": 7, "B": "off"}, default="2 weeks")
    ),
    "grace": Param(name="grace", value="3 business days"),
    "label": Param(name="label", value="it's"),
} | {name: param for rule in read_rules({}, [], place="fuzz").values() for name, param in rule.params.items()}


SIGNS = "( ) , = <> != < <= > >= + - * / -- /* '' ' \" '2026-01-31' '3 business days' '2026-01-31T10:00:00Z' 0 1 2.5 1e9 999999999999999 'A'"
WORDS = (*SIGNS.split(), *sorted(KEYWORDS), *FUNCTIONS, *PARAMS, *sorted(COLUMNS))
"""The language's own words, which the fuzzer may put anywhere."""

ODD: Mapping[str, tuple[str, str]] = {
    "text": ("'it''s'", "''"),
    "integer": ("1000000000000", "-1"),
    "decimal": ("100000000000000000000", "0.5"),
    "boolean": ("true", "false"),
    "date": ("date '0001-01-01'", "date '9999-12-30'"),
    "instant": ("timestamp '0001-01-01'", "timestamp '9999-12-30'"),
}


@cache
def facts() -> duckdb.DuckDBPyConnection:
    """A database with facts without values, and with odd ones: what an engine refuses, it refuses here."""
    database = duckdb.connect()
    rows = (
        ", ".join(f'cast({value} as {SQL_TYPES[each.type]}) as "{each.name}"' for each, value in row)
        for row in (
            [(each, "null") for each in COLUMNS.values()],
            [(each, ODD[each.type][0]) for each in COLUMNS.values()],
            [(each, ODD[each.type][1]) for each in COLUMNS.values()],
        )
    )
    database.execute(f"create table facts as {' union all '.join(f'select {row}' for row in rows)}")
    return database


def text_of(data: bytes) -> str:
    """The bytes as text; behind a NUL each two of them are a word, so that whole words change places."""
    if data[:1] != b"\0":
        return data.decode("utf-8", errors="replace")
    pairs = (data[at : at + 2] for at in range(1, len(data) - 1, 2))
    return " ".join(WORDS[int.from_bytes(pair) % len(WORDS)] for pair in pairs)


def bytes_of(text: str) -> bytes:
    """A text of the language's own words as text_of() reads it; what is no word is left out."""
    parts = text.replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split()
    return b"\0" + b"".join(WORDS.index(part).to_bytes(2) for part in parts if part in WORDS)


def points_at_the_spot(refusal: str) -> None:
    """As every refusal does."""
    assert refusal.startswith("fuzz"), refusal
    assert refusal.endswith("^"), refusal


def one_input(data: bytes) -> None:
    """The reader's whole promise, for one text."""
    wants = None if data[-1:] == b" " else "boolean"
    try:
        condition = read_condition(text_of(data), COLUMNS, PARAMS, place="fuzz", wants=wants)  # type: ignore[arg-type]  # one of two
    except RulesError as error:
        points_at_the_spot(str(error))
        return
    facts().execute(f"select ({condition.sql(qualify='f')}) from facts f").fetchall()
    if wants is not None:
        facts().execute(f"select ({condition.doubtful_sql(DOUBTS, qualify='f')}) from facts f").fetchall()
    for dialect in ("postgres", "spark"):
        assert condition.sql(dialect)


def prepare() -> list[str]:
    """Writes seeds and dictionary; returns libFuzzer's arguments."""
    seeds, found, dictionary = LEFT / "seeds", LEFT / "found", LEFT / "words"
    for folder in (seeds, found):
        folder.mkdir(parents=True, exist_ok=True)
    files = [rule.file for rule in read_rules({}, [], place="fuzz").values()]
    texts = [text for file in files for text in (file.when, file.only, file.clean_up) if text]
    for number, text in enumerate(texts):
        (seeds / f"{number}.text").write_text(text, encoding="utf-8")
        (seeds / f"{number}.words").write_bytes(bytes_of(text))
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in WORDS)
    dictionary.write_text("".join(f'"{word}"\n' for word in escaped), encoding="utf-8")
    limits = f"-max_total_time={os.environ.get('FUZZ_SECONDS', '60')} -timeout={SECONDS_PER_INPUT} -max_len={LONGEST}"
    kept = f"-dict={dictionary} -artifact_prefix={LEFT}/ -verbosity=0 -print_final_stats=1"
    return [*limits.split(), *kept.split(), *(sys.argv[1:] or [str(found), str(seeds)])]


if __name__ == "__main__":
    atheris.Setup([sys.argv[0], *prepare()], one_input)
    atheris.Fuzz()
