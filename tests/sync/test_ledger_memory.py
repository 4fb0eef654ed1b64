"""Tasks, findings, changes and mutes are remembered, and remembering them twice changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.ledger.answers import EndedTask
from sync.ledger.changes import Change
from sync.ledger.findings import FindingId
from sync.ledger.ledger import Ledger
from sync.ledger.mutes import Mute
from sync.ledger.settling import Settling
from sync.ledger.tasks import RememberedTask

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).replace(tzinfo=None)
TASK = RememberedTask(
    key="kw1-a", record_id="00T1", state="1oabc", confirmed_at=NOON, values={"subject": "Call"}
)
FINDING = FindingId(rule="stale-contact", subject_hash="abcdefghij", occurrence_hash="klmnopqrst")
MOVED = Change(
    org_id="o1",
    object_name="Task",
    record_id="t1",
    field="due",
    old="2026-05-01",
    new="2026-05-08",
    seen_at=NOON,
)
MUTE = Mute(
    account_id="o1:a1", until=NOON + timedelta(days=7), why="they moved house", made_by="sam", made_at=NOON
)


def test_a_written_task_is_remembered_per_org(ledger: Ledger) -> None:
    ledger.tasks.remember("o1", [TASK])
    assert ledger.tasks.written("o1") == {"kw1-a": TASK}
    assert ledger.tasks.written("o2") == {}


def test_the_last_word_about_a_task_counts(ledger: Ledger) -> None:
    ledger.tasks.remember("o1", [TASK])
    closed = replace(TASK, is_closed=True, confirmed_at=NOON + timedelta(hours=1))
    ledger.tasks.remember("o1", [TASK, closed])
    assert ledger.tasks.written("o1") == {"kw1-a": closed}


def test_thousands_of_tasks_are_remembered_at_once(ledger: Ledger) -> None:
    ledger.tasks.remember("o1", (replace(TASK, key=f"kw1-{number}") for number in range(3000)))
    assert len(ledger.tasks.written("o1")) == 3000


def test_a_rule_has_one_baseline_per_org(ledger: Ledger) -> None:
    ledger.findings.set_baseline("o1", ["stale-contact", "missed-commitment"], at=NOON)
    ledger.findings.set_baseline("o1", ["stale-contact"], at=NOON + timedelta(days=1))
    assert ledger.findings.baselines() == {("o1", "stale-contact"), ("o1", "missed-commitment")}


def test_the_first_sight_of_a_finding_counts(ledger: Ledger) -> None:
    ledger.findings.mark_seen([FINDING], at=NOON)
    ledger.findings.mark_seen([FINDING, replace(FINDING, rule="other")], at=NOON + timedelta(days=1))
    assert ledger.findings.seen()[FINDING] == NOON
    assert len(ledger.findings.seen()) == 2


def test_the_last_word_on_a_task_counts_and_each_repeat_is_a_task_of_its_own(ledger: Ledger) -> None:
    first = EndedTask(key="kw1-stale-contact-a-b-0", how="deleted", answered_at=NOON)
    again = replace(first, how="completed", answered_at=NOON + timedelta(days=1))
    second = replace(first, key="kw1-stale-contact-a-b-1", answered_at=NOON + timedelta(days=9))
    ledger.answers.keep([first])
    ledger.answers.keep([again, second])
    assert ledger.answers.all() == [again, second]


def test_what_settles_takes_the_place_of_what_did(ledger: Ledger) -> None:
    first = Settling(rule="stale-contact", subject_hash="a", holds=True, since_at=NOON)
    ledger.settling.replace([first, replace(first, subject_hash="b")])
    ledger.settling.replace([replace(first, holds=False)])
    assert ledger.settling.all() == [replace(first, holds=False)]


def test_a_change_that_is_seen_twice_is_kept_once(ledger: Ledger) -> None:
    assert ledger.changes.record([MOVED, MOVED]) == 1
    again = replace(MOVED, seen_at=NOON + timedelta(hours=1))
    assert ledger.changes.record([again]) == 0
    assert ledger.changes.of_records("o1", "Task") == [MOVED]


def test_a_date_that_moves_back_and_forth_is_kept_each_time(ledger: Ledger) -> None:
    back = replace(MOVED, old=MOVED.new, new=None)
    forth = replace(MOVED, old=None)
    assert ledger.changes.record([MOVED, back]) == 2
    assert ledger.changes.record([forth]) == 1
    assert [change.new for change in ledger.changes.of_records("o1", "Task")] == [
        "2026-05-08",
        None,
        "2026-05-08",
    ]


@pytest.mark.parametrize(("later", "holds"), [(timedelta(days=6), True), (timedelta(days=7), False)])
def test_a_mute_ends(ledger: Ledger, later: timedelta, holds: bool) -> None:
    kept = ledger.mutes.add(MUTE)
    assert kept.mute_id is not None
    assert ledger.mutes.active(NOON + later) == ([kept] if holds else [])


def test_unmuting_takes_away_what_was_named_and_no_more(ledger: Ledger) -> None:
    kept = ledger.mutes.add(MUTE)
    ledger.mutes.add(replace(MUTE, rule="stale-contact"))
    ledger.mutes.add(replace(MUTE, account_id="o1:a2"))
    assert ledger.mutes.remove([kept]) == 1
    assert [(mute.account_id, mute.rule) for mute in ledger.mutes.active(NOON)] == [
        ("o1:a1", "stale-contact"),
        ("o1:a2", None),
    ]
    assert ledger.mutes.remove([kept]) == 0
