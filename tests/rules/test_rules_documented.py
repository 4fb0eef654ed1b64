"""The page of rules is what the rule files say, and its own examples are rules."""

import re
import tomllib
from pathlib import Path

import pytest

from rules.rule import catalogue_files, read_rules
from rules.rule_pages import RULES_HEADING, rule_sections

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall("```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_of_rules_is_up_to_date() -> None:
    assert PAGE[PAGE.index(RULES_HEADING) :] == rule_sections(), "run python docs/write_pages.py"


@pytest.mark.parametrize("name", sorted(catalogue_files()))
def test_every_built_in_rule_has_its_section(name: str) -> None:
    assert PAGE.count(f"\n### {name}\n") == 1
    assert PAGE.count(f"\n| [{name}](#{name}) | ") == 1


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_on_the_page_of_rules_is_read(number: int) -> None:
    config = tomllib.loads(EXAMPLES[number])
    own = config.get("rule", [])
    rules = read_rules(config.get("rules", {}), own, place="keptword.toml")
    assert len(rules) == len(catalogue_files()) + len(own)


def test_a_param_that_goes_by_a_fact_is_told_case_by_case() -> None:
    assert "by `account_tier`: A 14, B 30, C 60; else 30" in rule_sections()
