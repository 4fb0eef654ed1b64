"""A task that was raised is known by its steps, and by the ledger's memory where the CRM has forgotten it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.tasks import FIELDS, WrittenTask, state_text
from sync.ledger.answers import EndedTask
from sync.ledger.ledger import Ledger
from sync.ledger.runs import NewRun
from sync.ledger.steps import Action, Step, StepOutcome
from sync.ledger.tasks import RememberedTask
from sync.plan.episodes import OwnTask, own_tasks
from sync.scoreboard.raised import RaisedTask, Standing, raised_tasks

NOON = datetime(2026, 5, 12, 12)
KEY = "kw1-stale-contact-aaaaaaaaaa-bbbbbbbbbb-1"
QUIET, LATE = ({"rule": rule, "subject_id": f"sf:{rule}", "hash": "h"} for rule in ("stale-contact", "late"))


def sent(ledger: Ledger, action: Action, *findings: dict[str, str], result: Any = "created") -> None:
    run = NewRun(command="run", mode="write", config_digest="", rules_digest="")
    run_id = ledger.runs.start(run, now=NOON)
    detail = {"findings": list(findings), "task": {"account": "Acme"}}
    step = Step(n=1, action=action, org_id="sf", key=KEY, account_id="sf:1", owner_id="sf:ann", detail=detail)
    ledger.steps.plan(run_id, [step])
    ledger.steps.sent(run_id, [KEY], at=NOON)
    ledger.steps.answered(run_id, [StepOutcome(key=KEY, action=action, result=result)])


def raised(ledger: Ledger, own: list[OwnTask] | None = None, days: int = 1) -> list[RaisedTask]:
    return raised_tasks(ledger, own or [], ["sf"], since=NOON - timedelta(days=days))


def held(**changes: Any) -> list[OwnTask]:
    said = {
        "id": "t1", "key": KEY, "state": "", "subject": "", "body": "", "owner_id": "bob", "due": "2026-05-14", "priority": "normal",
        "status": "open", "account_ids": ("1",), "created_at": NOON, **changes,
    }  # fmt: skip
    return own_tasks("sf", "sf", [WrittenTask(**said)])


def test_a_task_counts_for_all_that_it_was_ever_written_for(ledger: Ledger) -> None:
    sent(ledger, "create", QUIET)
    sent(ledger, "update", QUIET, LATE, result="updated")
    sent(ledger, "close", LATE, result="updated")
    [task] = raised(ledger, held())
    assert task.findings == (("stale-contact", "sf:stale-contact"), ("late", "sf:late"))
    assert (task.owner_id, task.repeat, task.account_id) == ("sf:bob", 1, "sf:1")


def test_what_the_crm_forgot_stands_as_people_answered(ledger: Ledger) -> None:
    sent(ledger, "create", QUIET)
    ledger.answers.keep([EndedTask(key=KEY, how="completed", outcome="snooze", answered_at=NOON)])
    [task] = raised(ledger)
    assert task.standing == Standing(status="done", outcome="snooze", ended_at=NOON)


def test_what_we_closed_and_the_crm_forgot_is_known_by_what_was_sent(ledger: Ledger) -> None:
    sent(ledger, "create", QUIET)
    state = state_text(dict.fromkeys(FIELDS, "aaaaaa"), [], closed_by_us=True)
    ledger.tasks.remember(
        "sf", [RememberedTask(key=KEY, record_id="1", state=state, confirmed_at=NOON, is_closed=True)]
    )
    [task] = raised(ledger)
    assert task.standing == Standing(status="done", by_us=True, ended_at=NOON)


@pytest.mark.parametrize(("action", "result"), [("create", "failed"), ("delete", "deleted")])
def test_what_never_arrived_or_was_undone_was_not_raised(ledger: Ledger, action: Action, result: str) -> None:
    if action == "delete":
        sent(ledger, "create", QUIET)
    sent(ledger, action, QUIET, result=result)
    assert raised(ledger) == []


def test_without_its_steps_a_task_counts_for_the_rule_of_its_key(ledger: Ledger) -> None:
    [task] = raised(ledger, held())
    assert task.findings == (("stale-contact", ""),)
    assert raised(ledger, held(created_at=NOON - timedelta(days=2))) == []


def test_clients_that_ever_had_a_task_are_known_by_name(ledger: Ledger) -> None:
    sent(ledger, "create", QUIET)
    assert ledger.raised.clients() == {"sf:1": "Acme"}
