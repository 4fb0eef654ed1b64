"""A person's answer counts until something newer happens or the rule's patience ends; Keptword's own does not."""

from datetime import date, timedelta
from typing import Any

import pytest

from sync.plan.episodes import Ending
from sync.plan.keys import read_key
from sync.plan.plan import make_plan
from tests.sync.plan.situations import NOON, finding, only_task, situation, tiny, write
from tests.sync.plan.tiny_crm import TinyCrm

OLDER, NEWER = date(2026, 3, 1), date(2026, 5, 13)


@pytest.fixture
def crm() -> TinyCrm:
    made = tiny()
    write(situation([finding()], made), made)
    return made


def created(crm: TinyCrm, touched_on: date | None = date(2026, 4, 1), *, days: int = 1) -> list[str]:
    """The repeats of what a plan that many days later creates."""
    crm.now = NOON + timedelta(days=days)
    changes = make_plan(situation([finding(touched_on=touched_on)], crm)).changes
    return [change.key.rsplit("-", 1)[1] for change in changes if change.action == "create"]


@pytest.mark.parametrize(
    ("edit", "said", "again"),
    [
        ({"status": "done"}, "a person completed the task", "Fri 22 May 2026"),
        (
            {"status": "done", "outcome": "already_handled"},
            "a person had handled it already",
            "Fri 22 May 2026",
        ),
        ({"status": "done", "outcome": "snooze"}, "a person put the task off", "Tue 26 May 2026"),
        (
            {"status": "done", "outcome": "not_relevant"},
            "a person called the task not relevant",
            "Sun 8 November 2026",
        ),
        ({"deleted": True}, "a person deleted the task", "Sun 8 November 2026"),
        ({"deleted": True, "outcome": "snooze"}, "a person deleted the task", "Sun 8 November 2026"),
        (
            {"deleted": True, "outcome": "theirs"},
            "a person made the task theirs by taking Keptword's key out of it",
            "Sun 8 November 2026",
        ),
    ],
)
def test_a_person_who_ends_the_task_has_answered_the_finding_for_as_long_as_they_said(
    crm: TinyCrm, edit: dict[str, Any], said: str, again: str
) -> None:
    crm.person(only_task(crm), **edit)
    (held,) = make_plan(situation([finding()], crm)).held
    assert held.kind == "answered"
    assert held.reason == f"answered: {said} on Tue 12 May 2026; raised again from {again}"


def test_an_outcome_on_an_open_task_changes_nothing(crm: TinyCrm) -> None:
    crm.person(only_task(crm), outcome="not_relevant")
    plan = make_plan(situation([finding()], crm))
    assert (plan.changes, plan.held, plan.standing) == ((), (), 1)


def test_another_occurrence_is_news_only_when_it_is_later_than_the_answer(crm: TinyCrm) -> None:
    crm.person(only_task(crm), status="done")
    assert created(crm, OLDER) == []
    assert created(crm, NEWER, days=2) == ["0"]


def test_an_occurrence_without_a_date_is_no_news(crm: TinyCrm) -> None:
    crm.person(only_task(crm), status="done")
    assert created(crm, None) == []


def test_an_occurrence_that_the_task_already_spoke_for_is_answered_with_it(crm: TinyCrm) -> None:
    write(situation([finding(touched_on=NEWER)], crm), crm)
    crm.person(only_task(crm), status="done")
    assert created(crm, NEWER, days=3) == []


def test_the_wait_doubles_with_each_repeat(crm: TinyCrm) -> None:
    crm.person(only_task(crm), status="done")
    assert (created(crm, days=9), created(crm, days=10)) == ([], ["1"])
    write(situation([finding()], crm), crm)
    crm.person(max(crm.tasks), status="done")
    assert (created(crm, days=29), created(crm, days=30)) == ([], ["2"])


def test_what_keptword_closed_is_no_answer(crm: TinyCrm) -> None:
    write(situation([], crm), crm)
    assert created(crm) == ["1"]


def test_the_ledger_remembers_an_answer_that_the_crm_has_forgotten(crm: TinyCrm) -> None:
    key = read_key(crm.tasks.pop(only_task(crm)).key)
    assert key is not None
    ending = Ending(key=key, by_us=False, deed="deleted", ended_at=NOON)
    crm.now = NOON + timedelta(days=179)
    assert make_plan(situation([finding()], crm, dismissed=[ending])).held[0].kind == "answered"
    crm.now = NOON + timedelta(days=180)
    assert make_plan(situation([finding()], crm, dismissed=[ending])).changes[0].key.endswith("-1")


def test_a_task_out_of_the_bin_counts_more_than_the_remembered_deletion(crm: TinyCrm) -> None:
    key = read_key(crm.tasks[only_task(crm)].key)
    assert key is not None
    ending = Ending(key=key, by_us=False, deed="deleted", ended_at=NOON)
    plan = make_plan(situation([finding()], crm, dismissed=[ending]))
    assert (plan.changes, plan.held, plan.standing) == ((), (), 1)


def test_a_written_task_that_the_crm_does_not_show_is_not_written_again(crm: TinyCrm) -> None:
    key = crm.tasks.pop(only_task(crm)).key
    plan = make_plan(situation([finding()], crm, remembered=frozenset([key])))
    assert (plan.changes, [held.kind for held in plan.held]) == ((), ["answered"])
