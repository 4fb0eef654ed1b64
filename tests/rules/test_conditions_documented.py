"""Every answer that the page of conditions quotes is what the language really answers."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from rules.columns import Column
from rules.condition.functions import FUNCTIONS
from rules.condition.read import read_condition
from rules.errors import ConditionError
from rules.facts import read_facts

PAGE = (Path(__file__).parents[2] / "docs" / "conditions.md").read_text(encoding="utf-8")
REFUSED = re.findall(r"^\| `(.+?)` \| `(.+?)` \|$", PAGE[PAGE.index("| written | answer |") :], re.MULTILINE)
PLACE = "keptword.toml:41: rule[1] quiet.when"


def every_fact() -> Mapping[str, Column]:
    return {name: column for view in read_facts().values() for name, column in view.columns.items()}


def answer(text: str) -> str:
    with pytest.raises(ConditionError) as refused:
        read_condition(text, every_fact(), place=PLACE)
    return str(refused.value)


@pytest.mark.parametrize(("text", "quoted"), REFUSED)
def test_each_refusal_on_the_page_is_what_the_language_says(text: str, quoted: str) -> None:
    assert answer(text).startswith(f"{PLACE}: {quoted.removesuffix(' ...')}")


def test_the_error_shown_whole_is_the_real_one() -> None:
    shown = re.findall("```text\n(.*?)```", PAGE, re.DOTALL)[0]
    assert answer(shown.splitlines()[1].strip()) == shown.rstrip("\n")


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_on_the_page(name: str) -> None:
    assert f"`{name}(" in PAGE


def test_the_page_has_refusals_to_try() -> None:
    assert len(REFUSED) >= 9
