"""Every built-in story ends as it says."""

from collections.abc import Iterator
from typing import get_args

import pytest

from rules.rule import Theme, read_rules
from rules.scenario.expect import named_in
from rules.scenario.play import LONDON, play
from rules.scenario.stories import read_stories
from sync.engine.duckdb_engine import DuckDbEngine

RULES = read_rules({}, [], place="keptword.toml")
STORIES = [(theme, number) for theme, stories in read_stories().items() for number in range(len(stories))]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDbEngine]:
    with DuckDbEngine() as engine:
        yield engine


@pytest.mark.parametrize(("theme", "number"), STORIES)
def test_a_story_ends_as_it_says(engine: DuckDbEngine, theme: str, number: int) -> None:
    result = play(engine, read_stories()[theme][number], RULES, setting=LONDON, place=theme)
    assert [each for each in result.outcomes if not each.passed] == []


@pytest.mark.parametrize(("theme", "number"), STORIES)
def test_a_story_speaks_of_several_rules(theme: str, number: int) -> None:
    assert len(named_in(read_stories()[theme][number])) >= 2


def test_every_theme_has_two_stories_or_more() -> None:
    assert set(read_stories()) == set(get_args(Theme)) - {""}
    assert min(len(stories) for stories in read_stories().values()) >= 2


def test_no_two_stories_have_the_same_name() -> None:
    names = [story.name for stories in read_stories().values() for story in stories]
    assert len(names) == len(set(names))
