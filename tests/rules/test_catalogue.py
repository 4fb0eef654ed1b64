"""The built-in rules as a whole: themes, who goes before whom, mapping examples, and texts that a person can read."""

import re
import tomllib
from datetime import date, datetime
from typing import Any

import pytest

from rules.columns import Column
from rules.mapping import override_mapping
from rules.rule import catalogue_files, read_rules
from rules.rule_pages import mapping_example
from rules.wording import write_body, write_subject
from tests.rules.small_org import default_mapping

RULES = read_rules({}, [], place="keptword.toml")
MAPPED = {name: example for name, text in catalogue_files().items() if (example := mapping_example(text))}
OFF = sorted(name for name, rule in RULES.items() if rule.file.mode == "off")
WORDS = {"account_name": "Northwind Traders", "invoice_number": "INV-10923"}


def ordinary(column: Column) -> Any:
    """A value such as most clients have."""
    if column.type == "date":
        return date(2026, 5, 13)
    if column.type == "instant":
        return datetime.fromisoformat("2026-05-13 12:00")
    text = "Alexandra Brown" if column.name.endswith("_name") else "the report"
    return WORDS.get(column.name, text) if column.type == "text" else None


def facts_of(name: str) -> dict[str, Any]:
    zone = {"account_timezone": "Europe/London"}
    return {each: ordinary(column) for each, column in RULES[name].view.columns.items()} | zone


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_a_theme_and_goes_before_rules_that_exist(name: str) -> None:
    file = RULES[name].file
    assert file.theme
    assert set(file.inhibits) <= set(RULES) - {name}


@pytest.mark.parametrize("name", RULES)
def test_every_subject_fits_where_names_are_ordinary(name: str) -> None:
    for subject in RULES[name].file.task.subject:
        written = write_subject([subject], facts_of(name))
        assert len(written) <= 60
        assert not written.endswith("…"), written


@pytest.mark.parametrize("name", RULES)
def test_a_text_speaks_quietly_and_says_when_it_closes(name: str) -> None:
    task = RULES[name].file.task
    lines = task.body.strip().splitlines()
    assert not re.search(r"(?<!\{)!", "\n".join([*task.subject, *lines, *task.closes]))
    assert "closes by itself" in task.body or RULES[name].file.mode != "task"
    assert len(write_body(task.body, facts_of(name)).splitlines()) >= 3


@pytest.mark.parametrize("name", MAPPED)
def test_a_mapping_example_of_a_rule_is_read(name: str) -> None:
    config = tomllib.loads(MAPPED[name][1])
    for connection, records in config["connections"].items():
        crm = {"sf": "salesforce", "hs": "hubspot"}[connection]
        assert override_mapping(default_mapping(crm), records["records"], place="keptword.toml")
    assert read_rules(config.get("rules", {}), [], place="keptword.toml")


@pytest.mark.parametrize("name", OFF)
def test_a_rule_that_is_off_shows_how_it_is_fed_and_switched_on(name: str) -> None:
    words, text = MAPPED[name]
    config = tomllib.loads(text)
    assert words
    assert config["rules"][name]["mode"] in ("report", "task")
    needed = {each for each in RULES[name].needs if "." in each}
    records = config["connections"]["sf"]["records"]
    fed = {
        f"{record}.{column}"
        for record, table in records.items()
        for column in (table[0] if isinstance(table, list) else table)["columns"]
    }
    assert needed <= fed


def test_a_file_without_an_indented_comment_has_no_mapping_example() -> None:
    assert mapping_example("# words\nabout = 'x'\n") is None
    assert mapping_example("# Map it:\n#\n#     a = 1\n#\n#     b = 2\nx = 1") == (
        "Map it:",
        "a = 1\n\nb = 2",
    )
