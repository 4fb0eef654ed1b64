"""A muted client gets no new task, by whichever of its records it was muted; what is open is followed as before."""

from datetime import date
from typing import Any

import pytest

from sync.plan.mutes import Muted, Silence
from sync.plan.plan import make_plan
from tests.sync.plan.situations import LATE, finding, situation, tiny, write

UNTIL = date(2026, 12, 12)


def muted(account_id: str = "sf:acme", **changes: Any) -> Muted:
    said = {"until_on": UNTIL, "made_by": "ann", "why": "their wish", **changes}
    return Muted([Silence(account_id=account_id, **said)], others={"sf:acme": ["hs:7"]})


@pytest.mark.parametrize("record", ["sf:acme", "hs:7"])
def test_a_mute_of_any_record_of_a_client_holds_its_new_tasks_and_says_why(record: str) -> None:
    plan = make_plan(situation([finding(), finding("sf:other")], tiny(), muted=muted(record)))
    assert [change.account_id for change in plan.changes] == ["sf:other"]
    assert [(held.kind, held.reason) for held in plan.held] == [
        ("muted", "muted until 12 Dec 2026 by ann: their wish")
    ]


def test_a_mute_of_one_rule_leaves_the_others_alone() -> None:
    quiet = muted(rule="late")
    assert quiet.reason(finding()) is None
    assert quiet.reason(finding(rule=LATE)) == "muted until 12 Dec 2026 by ann: their wish"


def test_of_several_mutes_the_longest_is_told() -> None:
    short = Silence(account_id="sf:acme", until_on=date(2026, 6, 1), made_by="bob", why="holiday")
    long = Silence(account_id="hs:7", until_on=UNTIL, made_by="ann", why="their wish")
    quiet = Muted([long, short], others={"sf:acme": ["hs:7"]})
    assert quiet.reason(finding()) == str(long)


@pytest.mark.parametrize(
    ("facts", "until"), [({}, ""), ({"account_muted_until": UNTIL}, " until 12 Dec 2026")]
)
def test_the_crms_own_field_mutes_and_says_until_when(facts: dict[str, Any], until: str) -> None:
    said = Muted().reason(finding(account_is_muted=True, **facts))
    assert said == f"the client is muted in the CRM{until}"


def test_an_open_task_of_a_muted_client_is_followed_and_closes_as_ever() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    renamed = make_plan(situation([finding(account_name="Acme New")], crm, muted=muted()))
    assert [change.action for change in renamed.changes] == ["update"]
    resolved = make_plan(situation([], crm, muted=muted()))
    assert [change.action for change in resolved.changes] == ["close"]
