"""A client that is matched later keeps its tasks, their keys, and what people answered, whichever record stands for it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.findings import Finding, Unknown
from sync.plan.episodes import Ending
from sync.plan.keys import read_key
from sync.plan.plan import make_plan
from sync.plan.situation import Baseline, Situation
from sync.plan.subjects import Subjects
from tests.sync.plan.situations import NOON, finding, only_task, situation, tiny, write
from tests.sync.plan.tiny_crm import TinyCrm

MATCHED = Subjects(others={"sf:acme": ("hs:7",)})
RECORDS = {"sf:acme": {"sf": "sf:acme", "hs": "hs:7"}}


@pytest.fixture
def crms() -> tuple[TinyCrm, TinyCrm]:
    """A task about the client as HubSpot alone knew it."""
    salesforce, hubspot = tiny(), tiny(crm="hubspot", org="hs")
    write(situation([finding("hs:7", account_name="Acme")], [salesforce, hubspot]), salesforce, hubspot)
    return salesforce, hubspot


def key_in(crm: TinyCrm) -> str:
    return crm.tasks[only_task(crm)].key


def matched(found: list[Finding], crms: tuple[TinyCrm, TinyCrm], **also: object) -> Situation:
    """Now the record in Salesforce stands for the client."""
    return situation(found, crms, **{"subjects": MATCHED, "records": RECORDS, **also})  # type: ignore[arg-type]  # as situation() takes them


def test_its_open_task_speaks_for_it(crms: tuple[TinyCrm, TinyCrm]) -> None:
    plan = make_plan(matched([finding()], crms))
    assert (plan.changes, plan.standing) == ((), 1)


def test_what_changes_is_written_into_the_task_where_it_is(crms: tuple[TinyCrm, TinyCrm]) -> None:
    newer = matched([finding(account_name="Acme & Sons", touched_on=date(2026, 4, 9))], crms)
    (change,) = make_plan(newer).changes
    assert (change.action, change.connection, change.key) == ("update", "hs", key_in(crms[1]))
    write(newer, *crms)
    again = matched([finding(account_name="Acme & Sons", touched_on=date(2026, 4, 9))], crms)
    assert make_plan(again).changes == ()


def test_two_open_tasks_become_one(crms: tuple[TinyCrm, TinyCrm]) -> None:
    write(situation([finding(), finding("hs:7", account_name="Acme")], crms), *crms)
    (change,) = make_plan(matched([finding()], crms)).changes
    assert (change.action, change.why) == ("close", ("Another open task says the same.",))


@pytest.mark.parametrize("touched_on", [date(2026, 4, 1), date(2026, 3, 1)])
def test_what_a_person_answered_stays_answered(crms: tuple[TinyCrm, TinyCrm], touched_on: date) -> None:
    crms[1].person(only_task(crms[1]), status="done")
    (held,) = make_plan(matched([finding(touched_on=touched_on)], crms)).held
    assert held.kind == "answered"


def test_after_the_wait_it_is_raised_as_a_repeat(crms: tuple[TinyCrm, TinyCrm]) -> None:
    crms[1].person(only_task(crms[1]), status="done")
    crms[0].now = crms[1].now = NOON + timedelta(days=11)
    (change,) = make_plan(matched([finding()], crms)).changes
    assert (change.action, change.key.rsplit("-", 1)[1]) == ("create", "1")


def test_answers_that_only_the_ledger_knows_count_too(crms: tuple[TinyCrm, TinyCrm]) -> None:
    key = crms[1].tasks.pop(only_task(crms[1])).key
    parts = read_key(key)
    assert parts is not None
    gone = Ending(key=parts, by_us=False, deed="deleted", ended_at=NOON)
    assert make_plan(matched([finding()], crms, dismissed=[gone])).held[0].kind == "answered"
    unseen = make_plan(matched([finding()], crms, remembered=frozenset((key,))))
    assert (unseen.changes, unseen.held[0].kind) == ((), "answered")


def test_what_waits_since_the_first_run_goes_on_waiting(crms: tuple[TinyCrm, TinyCrm]) -> None:
    crms[1].tasks.clear()
    seen = frozenset((finding("hs:7").occurrence_hash,))
    baseline = Baseline(rules_known=frozenset((("sf", "quiet"), ("hs", "quiet"))), seen=seen)
    assert make_plan(matched([finding()], crms, baseline=baseline)).held[0].kind == "baseline"


def test_an_open_question_leaves_the_task_alone(crms: tuple[TinyCrm, TinyCrm]) -> None:
    unknown = [Unknown(rule="quiet", subject_id="sf:acme", reason="no e-mail is on record")]
    assert make_plan(matched([], crms, unknown=unknown)).changes == ()


def test_when_the_match_is_taken_back_each_keeps_its_own(crms: tuple[TinyCrm, TinyCrm]) -> None:
    write(matched([finding()], crms), *crms)
    plan = make_plan(situation([finding(), finding("hs:7", account_name="Acme")], crms))
    assert [(change.action, change.connection) for change in plan.changes] == [("create", "sf")]


def test_a_name_that_occurs_in_the_occurrence_is_the_subjects_own() -> None:
    here, there = (replace(finding(each), occurrence=(each, NOON)) for each in ("sf:acme", "hs:7"))
    assert here.hashes_as("hs:7") == (there.subject_hash, there.occurrence_hash)
