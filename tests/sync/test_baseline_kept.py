"""After a run that may write, every judged rule has had its first run, and what waited is remembered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rules.judge import Finding, Unknown
from sync.ledger.ledger import Ledger
from sync.plan.plan import make_plan
from sync.plan.situation import Baseline
from sync.situate import keep_baseline
from tests.sync.plan.situations import NOON, finding, situation, small_rule, tiny


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as opened:
        yield opened


def after_run(ledger: Ledger, *findings: Finding, accept: bool = False, **also: Any) -> list[str]:
    """The clients that a run creates tasks for, and what it leaves in the ledger."""
    baseline = Baseline(
        rules_known=frozenset(ledger.findings.baselines()),
        seen=frozenset(each.occurrence_hash for each in ledger.findings.seen()),
        accept=accept,
    )
    made = situation(findings, tiny(), baseline=baseline, **also)
    plan = make_plan(made)
    keep_baseline(ledger, made, plan, at=NOON)
    return [change.account_id or "" for change in plan.changes]


def test_what_the_first_run_held_stays_held_and_what_comes_up_later_is_news(ledger: Ledger) -> None:
    assert after_run(ledger, finding("sf:old")) == []
    assert after_run(ledger, finding("sf:old"), finding("sf:new")) == ["sf:new"]


def test_an_accepted_baseline_is_forgotten(ledger: Ledger) -> None:
    after_run(ledger, finding("sf:old"))
    assert after_run(ledger, finding("sf:old"), accept=True) == ["sf:old"]
    assert after_run(ledger, finding("sf:old")) == ["sf:old"]


def test_a_rule_that_was_not_judged_or_only_reports_has_its_first_run_still_before_it(ledger: Ledger) -> None:
    unknown = [Unknown(rule="quiet", subject_id=None, reason="calls were not read")]
    after_run(ledger, unknown=unknown, rules=[small_rule("quiet"), small_rule("late", mode="report")])
    assert ledger.findings.baselines() == set()
    assert after_run(ledger, finding("sf:old")) == []
