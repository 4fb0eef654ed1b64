"""Judged at several instants at once, each says what it would have said by itself at the time."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rules.facts import SUBJECTS, read_facts
from tests.rules.past_records import as_they_stood, made_up
from tests.rules.small_org import NOW, tell

INSTANTS = tuple(
    NOW - timedelta(days=days, hours=hours) for days, hours in ((61, 3), (20, 13), (1, 0), (0, 9))
)
TOLD = {
    subject: [name for name, fact in view.facts.items() if fact.past != "now"]
    for subject, view in read_facts().items()
}
"""What a rehearsal may look at."""

Rows = dict[tuple[str, str], dict[str, Any]]


def told(facts: dict[str, list[dict[str, Any]]], at: datetime) -> Rows:
    """(subject, id) -> the facts of one instant that its past knows."""
    return {
        (subject, row[f"{subject}_id"]): {name: row[name] for name in TOLD[subject]}
        for subject, rows in facts.items()
        for row in rows
        if row["judged_at"] == at
    }


def differences(one: Rows, other: Rows) -> list[Any]:
    """Rows that only one has, and facts that are not the same."""
    return [*sorted(one.keys() ^ other.keys())] + [
        (*key, name, value, other[key][name])
        for key in sorted(one.keys() & other.keys())
        for name, value in one[key].items()
        if value != other[key][name]
    ]


@given(st.integers(0, 2**32))
@example(19504)  # mail of an owner with a client whom the CRM got to know later
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_rehearsal_says_what_was_said_at_the_time(seed: int) -> None:
    records = made_up(seed)
    memory, logged = records.memory(), seed % 2 == 0
    at_once = tell(records.org(), memory=memory, now=NOW, earlier=INSTANTS, email_is_logged=logged)
    for at in (*INSTANTS, NOW):
        then = as_they_stood(records, at)
        alone = tell(then.org(), memory=then.memory(), now=at, email_is_logged=logged)
        assert differences(told(at_once, at), told(alone, at)) == []


def test_the_made_up_records_tell_of_every_subject_at_every_instant() -> None:
    facts = tell(made_up(1, clients=20).org(), earlier=INSTANTS)
    for subject in SUBJECTS:
        assert {row["judged_at"] for row in facts[subject]} == {*INSTANTS, NOW}, subject
