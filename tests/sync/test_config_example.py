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


def test_the_example_is_right_where_its_comments_are_taken_away(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    tail = text[text.index("# [rules.stale-contact]") :]
    (tmp_path / "k.toml").write_text(text + re.sub(r"(?m)^# (?=[a-z\[])(?!A rule)", "", tail))
    config = read_config(tmp_path / "k.toml")
    assert config.rules["stale-contact"]["mode"] == "report"
    assert list(config.own_rules_by_name()) == ["vip-quiet-while-broken"]
