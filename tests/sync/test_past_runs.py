"""A run is found by the beginning of its id, and a wrong id is answered with the nearest right one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sync.errors import UserError
from sync.ledger.ledger import Ledger
from sync.ledger.runs import NewRun
from sync.ledger.steps import Step, StepOutcome
from sync.past.past_runs import find_run
from sync.plan.plan import make_plan
from sync.retry import keys_to_retry, only
from tests.sync.plan.situations import NOON, finding, situation, tiny

LATER = NOON + timedelta(days=3)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as opened:
        yield opened


def start(ledger: Ledger, at: datetime) -> str:
    return ledger.runs.start(NewRun(command="run", mode="write", config_digest="", rules_digest=""), now=at)


def refusal(ledger: Ledger, text: str) -> str:
    with pytest.raises(UserError) as refused:
        find_run(ledger, text, place="RUN")
    return str(refused.value)


def test_a_beginning_that_one_run_has_is_enough(ledger: Ledger) -> None:
    first, second = start(ledger, NOON), start(ledger, LATER)
    assert find_run(ledger, second[:8], place="RUN").run_id == second
    assert find_run(ledger, first, place="RUN").run_id == first


def test_a_beginning_that_several_runs_have_is_answered_with_them(ledger: Ledger) -> None:
    ids = [start(ledger, NOON), start(ledger, LATER)]
    said = refusal(ledger, "2026")
    assert "'2026' begins the ids of 2 runs" in said
    assert all(each in said for each in ids)


def test_a_wrong_id_is_answered_with_the_nearest_or_the_last(ledger: Ledger) -> None:
    assert "knows of no run yet" in refusal(ledger, "x")
    run_id = start(ledger, NOON)
    assert f"Did you mean '{run_id}'?" in refusal(ledger, f"{run_id[:-1]}x")
    assert f"The last ones are {run_id}" in refusal(ledger, "%")
    assert f"The last ones are {run_id}" in refusal(ledger, "")


def test_only_what_is_still_to_be_cleared_up_can_be_tried_again(ledger: Ledger) -> None:
    run_id = start(ledger, NOON)
    with pytest.raises(UserError, match=run_id):
        keys_to_retry(ledger, run_id)
    ledger.steps.plan(run_id, [Step(n=1, action="create", org_id="o", key="a")])
    ledger.steps.sent(run_id, ["a"])
    ledger.steps.answered(run_id, [StepOutcome(key="a", action="create", result="failed", reason="NO")])
    assert keys_to_retry(ledger, run_id[:10]) == {"a"}


def test_a_retry_is_of_the_named_tasks_alone() -> None:
    plan = make_plan(situation([finding("sf:a"), finding("sf:b")], tiny()))
    first, second = plan.changes
    assert only(plan, frozenset({second.key, "kw1-other"})).changes == (second,)
    assert only(plan, frozenset({first.key})).held == plan.held
