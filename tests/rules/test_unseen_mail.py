"""What a fact says of itself while an owner's e-mail is not seen is so, whatever was written."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.facts import SUBJECTS, Fact, read_facts
from tests.rules.past_records import Records, made_up
from tests.rules.small_org import days_ago, tell

FLAGS = {fact.doubt.flag for view in read_facts().values() for fact in view.facts.values() if fact.doubt}


def known_long(records: Records) -> Records:
    """The same, of clients whom the CRM knew before anything happened: no touch is older than their creation."""
    accounts = [{**row, "created_at": days_ago(900)} for row in records.rows["account"]]
    return replace(records, rows={**records.rows, "account": accounts})


def without_mail(records: Records) -> Records:
    """The same, of a company whose e-mail is not captured."""
    seen = [row for row in records.rows["activity"] if row["kind"] != "email"]
    return replace(records, rows={**records.rows, "activity": seen})


def may_be(fact: Fact, known: dict[str, Any], real: Any) -> bool:
    """Whether what is known of a fact lets it really be so."""
    said = known[fact.column.name]
    if said == real:
        return True
    if fact.doubt is None or not known[fact.doubt.flag]:
        return False
    if fact.doubt.bound == "unknown" or said is None:
        return True
    return real is not None and bool(real <= said if fact.doubt.bound == "at most" else real >= said)


@given(st.integers(0, 2**32))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_facts_own_up_to_what_unseen_mail_can_change(seed: int) -> None:
    records = known_long(made_up(seed))
    memory = records.memory()
    known = tell(without_mail(records).org(), memory=memory, email_is_logged=True)
    real = tell(records.org(), memory=memory, email_is_logged=True)
    wrong = []
    for subject in SUBJECTS:
        view = read_facts()[subject]
        real_rows = {row[view.key]: row for row in real[subject]}
        wrong += [
            (subject, row[view.key], name, row[name], real_rows[row[view.key]][name])
            for row in known[subject]
            if row.get("is_owner_blind", True)
            for name, fact in view.facts.items()
            if name not in FLAGS and not may_be(fact, row, real_rows[row[view.key]][name])
        ]
    assert wrong == []
