"""Every example of every built-in rule does what it says, and a wrong example is told."""

from collections.abc import Iterator
from typing import Any

import pytest

from rules.errors import RuleError
from rules.examples import ExampleResult, run_examples
from rules.rule import Rule, catalogue_files, read_rule, read_rules
from sync.engine.duckdb_engine import DuckDbEngine

BUILT_IN = read_rules({}, [], place="keptword.toml")
EXAMPLES = [(rule.name, example.name) for rule in BUILT_IN.values() for example in rule.file.examples]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDbEngine]:
    with DuckDbEngine() as engine:
        yield engine


def quiet_vip(**given: Any) -> Rule:
    example = {"name": "it", "given": given, "fires": True}
    when = "account_tier = 'A' and days_since_touch > 2 or made_by = 'us' and due_on < '2026-01-31'"
    return read_rule(
        "quiet-vip",
        {"about": "commitment", "when": when, "examples": [example]},
        place="keptword.toml: rule[1]",
    )


@pytest.fixture(scope="module")
def results(engine: DuckDbEngine) -> dict[tuple[str, str], ExampleResult]:
    return {
        (result.rule, result.name): result
        for rule in BUILT_IN.values()
        for result in run_examples(engine, rule)
    }


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_does_what_it_says(
    results: dict[tuple[str, str], ExampleResult], rule: str, example: str
) -> None:
    result = results[rule, example]
    assert result.passed, f"fired: {result.fired}, with {result.facts}"


@pytest.mark.parametrize("rule", catalogue_files())
def test_every_rule_shows_twice_when_it_fires_and_when_it_does_not(rule: str) -> None:
    says = [example.fires for example in BUILT_IN[rule].file.examples]
    assert min(says.count(True), says.count(False)) >= 2


@pytest.mark.parametrize("rule", catalogue_files())
def test_every_rule_names_its_examples_apart(rule: str) -> None:
    names = [example.name for example in BUILT_IN[rule].file.examples]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", catalogue_files())
def test_every_rule_says_what_why_and_what_to_do(rule: str) -> None:
    file = BUILT_IN[rule].file
    assert file.title
    assert file.why
    assert file.theme
    assert file.occurrence
    assert file.task.subject
    assert file.task.body
    assert file.task.assign
    assert file.task.closes


@pytest.mark.parametrize("rule", catalogue_files())
def test_what_tells_occurrences_apart_counts_nothing(rule: str) -> None:
    columns = [BUILT_IN[rule].view.columns[name] for name in BUILT_IN[rule].file.occurrence]
    assert {column.type for column in columns} <= {"text", "date", "instant"}


def test_an_example_that_lies_does_not_pass(engine: DuckDbEngine) -> None:
    (result,) = run_examples(engine, quiet_vip(account_tier="B", days_since_touch=9))
    assert (result.fires, result.fired, result.passed) == (True, False, False)


def test_a_rule_without_examples_has_no_results(engine: DuckDbEngine) -> None:
    rule = read_rule(
        "x", {"about": "account", "when": "days_since_touch > 2"}, place="keptword.toml: rule[1]"
    )
    assert run_examples(engine, rule) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"days_since_touch": "9"},
            "'days_since_touch' is a number, and not '9'; write a whole number without quotes",
        ),
        (
            {"days_since_touch": True},
            "'days_since_touch' is a number, and not 'True'; write a whole number without quotes",
        ),
        ({"made_by": "them"}, "'them' is not a value of 'made_by'; there are client, us"),
        ({"due_on": "soon"}, "'due_on' is a date, and not 'soon'; write a day as 2026-01-31"),
    ],
)
def test_an_example_of_another_type_is_refused(
    engine: DuckDbEngine, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(RuleError) as refused:
        run_examples(engine, quiet_vip(**given))
    assert str(refused.value) == f"keptword.toml: rule[1].examples 'it': {message}"


def stale(**given: Any) -> Rule:
    example = {"name": "it", "given": {"is_owner_blind": True} | given, "fires": "unknown"}
    raw = {"about": "account", "when": "days_since_touch > 30", "examples": [example]}
    return read_rule("stale", raw, place="keptword.toml: rule[1]")


def test_a_fact_in_doubt_makes_an_example_unknown(engine: DuckDbEngine) -> None:
    (result,) = run_examples(engine, stale(days_since_touch=60))
    assert (result.fired, result.passed) == ("unknown", True)
    assert result.facts == {"days_since_touch": 60, "is_owner_blind": True}


def test_a_doubt_that_changes_nothing_is_no_doubt(engine: DuckDbEngine) -> None:
    (result,) = run_examples(engine, stale(days_since_touch=20))
    assert (result.fired, result.passed) == (False, False)


def test_an_example_without_its_flag_cannot_be_unknown(engine: DuckDbEngine) -> None:
    with pytest.raises(RuleError, match="give one of them as true: is_owner_blind"):
        run_examples(engine, stale(days_since_touch=60, is_owner_blind=False))


def test_a_day_may_stand_in_quotes_or_bare(engine: DuckDbEngine) -> None:
    given = {"made_by": "us", "account_tier": "B", "due_on": "2026-01-30"}
    (result,) = run_examples(engine, quiet_vip(**given))
    assert result.fired is True


def test_changed_params_leave_the_built_in_examples_out() -> None:
    rules = read_rules({"stale-contact": {"params": {"max_silence_days": 3}}}, [], place="keptword.toml")
    assert rules["stale-contact"].file.examples == ()
    assert rules["missed-commitment"].file.examples
