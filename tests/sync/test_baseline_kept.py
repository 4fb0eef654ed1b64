"""After a run that may write, every judged rule has had its first run, and what waited is remembered."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rules.findings import Finding, Unknown
from sync.ledger.ledger import Ledger
from sync.plan.people import Person
from sync.plan.plan import make_plan
from sync.plan.situation import Baseline, Home
from sync.situate import keep_baseline
from tests.sync.plan.situations import NOON, finding, person, situation, small_rule, tiny


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as opened:
        yield opened


def after_run(
    ledger: Ledger, *findings: Finding, accept: bool = False, crms: Sequence[str] = ("sf",), **also: Any
) -> list[str]:
    """The clients that a run creates tasks for, and what it leaves in the ledger."""
    baseline = Baseline(
        rules_known=frozenset(ledger.findings.baselines()),
        seen=frozenset(each.occurrence_hash for each in ledger.findings.seen()),
        accept=accept,
    )
    made = situation(findings, [tiny(org=org) for org in crms], baseline=baseline, **also)
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


def test_an_org_that_cannot_show_a_rules_records_does_not_keep_the_others_from_their_first_run(
    ledger: Ledger,
) -> None:
    blind = [Unknown(rule="quiet", subject_id=None, reason="org hs shows no invoice", org_id="hs")]
    after_run(ledger, finding("sf:old"), crms=("sf", "hs"), unknown=blind)
    assert ledger.findings.baselines() == {("sf", "quiet"), ("sf", "late"), ("hs", "late")}
    assert after_run(ledger, finding("sf:new"), crms=("sf", "hs"), unknown=blind) == ["sf:new"]


def test_a_finding_proves_that_its_org_was_judged_through_another_crm(ledger: Ledger) -> None:
    blind = [Unknown(rule="quiet", subject_id=None, reason="org sf shows no invoice", org_id="sf")]
    after_run(ledger, finding("sf:old"), unknown=blind)
    assert after_run(ledger, finding("sf:old"), finding("sf:new"), unknown=blind) == ["sf:new"]


def test_an_org_where_nothing_may_be_created_yet_has_its_first_run_still_before_it(ledger: Ledger) -> None:
    blocked = {"sf": Home(connection="sf", crm="salesforce", org_id="sf", blocked="tasks were not read")}
    assert after_run(ledger, finding("sf:old"), homes=blocked) == []
    assert after_run(ledger, finding("sf:old")) == []
    assert after_run(ledger, finding("sf:old"), finding("sf:new")) == ["sf:new"]


@pytest.mark.parametrize(
    ("facts", "people"), [({"account_is_muted": True}, None), ({}, [person("cat", is_active=False)])]
)
def test_what_was_muted_or_nobodys_at_the_first_run_is_no_news_afterwards(
    ledger: Ledger, facts: dict[str, Any], people: list[Person] | None
) -> None:
    limits = {"first_run": 5}
    assert after_run(ledger, finding("sf:old", **facts), people=people, limits=limits) == []
    assert after_run(ledger, finding("sf:old"), finding("sf:new")) == ["sf:new"]


def test_what_is_muted_later_is_news_when_the_mute_ends(ledger: Ledger) -> None:
    after_run(ledger)
    assert after_run(ledger, finding("sf:new", account_is_muted=True)) == []
    assert after_run(ledger, finding("sf:new")) == ["sf:new"]
