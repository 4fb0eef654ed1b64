"""The example that `keptword init` writes is read without a mistake and shows every key that there is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from sync.config.config import Config
from sync.config.explain import members
from sync.config.read import read_config

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def keys(kind: Any) -> Iterator[str]:
    for member in members(kind):
        if isinstance(member, type) and issubclass(member, BaseModel):
            for name, field in member.model_fields.items():
                yield field.alias or name
                yield from keys(field.annotation)
        else:
            for inner in getattr(member, "__args__", ()):
                yield from keys(inner)


def test_the_example_is_read_without_a_mistake() -> None:
    config = read_config(EXAMPLE)
    assert config.mode == "preview"
    assert set(config.connections) == {"sf", "hs"}


# `settings` is where the connector's keys are held after reading; the file has them in the connection's own table.
@pytest.mark.parametrize("key", sorted(set(keys(Config)) - {"settings"}))
def test_the_example_shows_the_key(key: str) -> None:
    assert re.search(rf"(?m)(^|[\[{{,.#] *){key}( *=|\]|\.)", EXAMPLE.read_text())


def _switched_on(lines: list[str], number: int) -> str:
    """The example with one commented key taken in, in place of what its section says of that key."""
    key = lines[number].split()[1]
    first = max((at for at in range(number) if lines[at].startswith("[")), default=0)
    kept = [line for line in lines[first:number] if not re.match(rf"{key} *=", line)]
    return "".join([*lines[:first], *kept, lines[number].removeprefix("# "), *lines[number + 1 :]])


def _commented_keys() -> list[int]:
    lines = EXAMPLE.read_text().splitlines()
    last = lines.index("# [rules.stale-contact]")
    table = lines.index("# [connections.sf.records.invoice]")
    numbers = [n for n, line in enumerate(lines[:last]) if re.match(r"# [a-z_]+ *= ", line)]
    return [n for n in numbers if not table < n < table + 5]


@pytest.mark.parametrize("number", _commented_keys())
def test_a_commented_key_of_the_example_may_be_switched_on(tmp_path: Path, number: int) -> None:
    lines = EXAMPLE.read_text().splitlines(keepends=True)
    (tmp_path / "k.toml").write_text(_switched_on(lines, number))
    assert read_config(tmp_path / "k.toml").mode == "preview"


def test_the_example_is_right_where_its_comments_are_taken_away(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    tail = text[text.index("# [rules.stale-contact]") :]
    (tmp_path / "k.toml").write_text(text + re.sub(r"(?m)^# (?=[a-z\[])(?!A rule)", "", tail))
    config = read_config(tmp_path / "k.toml")
    assert config.rules["stale-contact"]["mode"] == "report"
    assert list(config.own_rules_by_name()) == ["vip-quiet-while-broken"]
