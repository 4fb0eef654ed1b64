"""The built-in rules as a whole: their themes, who goes before whom, and the mappings that feed what no CRM brings."""

import tomllib

import pytest

from rules.mapping import override_mapping
from rules.rule import catalogue_files, read_rules
from rules.rule_pages import mapping_example
from tests.rules.small_org import default_mapping

RULES = read_rules({}, [], place="keptword.toml")
MAPPED = {name: example for name, text in catalogue_files().items() if (example := mapping_example(text))}
OFF = sorted(name for name, rule in RULES.items() if rule.file.mode == "off")


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_a_theme_and_goes_before_rules_that_exist(name: str) -> None:
    file = RULES[name].file
    assert file.theme
    assert set(file.inhibits) <= set(RULES) - {name}


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
