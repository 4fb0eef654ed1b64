"""What rules do not need is not made, and what they need is as it is among all facts."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from rules.asked import EVERYTHING, follow
from rules.facts import SUBJECTS, read_facts
from rules.findings import Finding
from rules.judge import judge
from rules.prepare import prepare
from rules.rows import Row, Rows
from rules.rule import Rule, read_rules
from rules.wanted import told_facts, wanted_facts
from sync.engine.duckdb_engine import DuckDbEngine
from tests.rules.backtest.past_org import moved_dates, random_org
from tests.rules.small_org import prepared

RULES = [
    rule
    for name in read_rules({}, (), place="test")
    for rule in [read_rules({name: {"mode": "report"}}, (), place="test")[name]]
]


@pytest.fixture(scope="module", params=range(3))
def asked_and_whole(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any, DuckDbEngine]]:
    dice = Random(request.param)  # noqa: S311 -- made-up records, the same in every run
    org = random_org(dice)
    with prepared(org, memory=moved_dates(org, dice)) as (engine, case, _):
        whole = {
            subject: {
                row[f"{subject}_id"]: row
                for row in engine.query(f"select * from {read_facts()[subject].table}").to_pylist()
            }
            for subject in SUBJECTS
        }
        prepare(engine, case, facts=wanted_facts(RULES))
        yield whole, judge(engine, case, RULES), engine


def test_every_finding_tells_what_its_subject_is_among_all_facts(
    asked_and_whole: tuple[Any, Any, DuckDbEngine],
) -> None:
    whole, judgement, _ = asked_and_whole
    assert len(judgement.findings) > 20
    for finding in judgement.findings:
        row = whole[_rule(finding).file.about][finding.subject_id]
        assert dict(finding.facts) == {name: row[name] for name in told_facts(_rule(finding))}


def _rule(finding: Finding) -> Rule:
    return next(rule for rule in RULES if rule.name == finding.rule)


def _made(rules: Sequence[Rule]) -> set[str]:
    return set(follow(wanted_facts(rules)).made)


def test_one_rule_makes_only_what_it_stands_on() -> None:
    stale = [rule for rule in RULES if rule.name == "stale-contact"]
    assert _made(stale) == {
        "day_turn", "account_clock", "touch", "late_touch", "touch_step", "owner_mail", "recent_touch", "fact_account",
    }  # fmt: skip
    assert _made(RULES) == set(follow(EVERYTHING).made)


def test_the_records_are_read_as_far_as_the_facts_go() -> None:
    reads = follow({"account": frozenset({"judged_at", "account_id", "open_incident_count"})}).reads
    assert {"account_id", "closed_at", "is_open"} <= reads["incident"]
    assert not {"subject", "severity"} & reads["incident"]
    assert not {"activity", "invoice", "deal", "touch"} & set(reads)


def test_a_session_is_prepared_again_with_more() -> None:
    stale = [rule for rule in RULES if rule.name == "stale-contact"]
    with prepared(random_org(Random(1))) as (engine, case, _):  # noqa: S311 -- made-up records
        whole = engine.query("select count(*) as n from fact_invoice").to_pylist()
        prepare(engine, case, facts=wanted_facts(stale))
        prepare(engine, case)
        assert engine.query("select count(*) as n from fact_invoice").to_pylist() == whole


def test_what_is_never_shown_is_made_and_not_told() -> None:
    strain = next(rule for rule in RULES if rule.name == "team-strain")
    assert "team_feedback_score" in wanted_facts([strain])["account"]
    assert "team_feedback_score" not in told_facts(strain)


def test_a_row_has_the_columns_that_it_was_given() -> None:
    row = Row(Rows(pa.table({"a": [1, 2], "b": ["x", "y"]})), 1, frozenset({"a"}))
    assert dict(row) == {"a": 2}
    assert row.get("b") is None
    assert row == {"a": 2}
