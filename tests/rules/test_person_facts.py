"""What is on a person's desk: clients that came to them, and promises that fall due."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from rules.case import CHANGES, WATCHED, Memory
from tests.rules.small_org import NOW, SmallOrg, days_ago, judge_orgs, org_without


def handed(org: SmallOrg, *days: int, watched: int = 90) -> Memory:
    """For each number of days ago a client that came from Ben to Ana then, and how long we have looked."""
    org.add("User", "u1", Name="Ana", UserType="Standard")
    org.add("User", "u2", Name="Ben", UserType="Standard")
    changes = []
    for number, ago in enumerate(days):
        org.account(f"a{number}", name=f"Client {number}", created=days_ago(400), live=True, OwnerId="u1")
        change = {"record": "account", "column_name": "owner_id", "record_id": f"00D1:a{number}"}
        changes.append({**change, "old_id": "00D1:u2", "new_id": "00D1:u1", "seen_at": days_ago(ago)})
    row = {"record": "account", "column_name": "owner_id", "org_id": "00D1", "since_at": days_ago(watched)}
    return Memory(
        changes=pa.Table.from_pylist(changes, schema=CHANGES),
        watched=pa.Table.from_pylist([row], schema=WATCHED),
    )


def ana(org: SmallOrg, memory: Memory | None = None, **options: Any) -> dict[str, Any]:
    facts = judge_orgs(org, memory=memory, **options).facts["person"]
    return next(row for row in facts if row["person_name"] == "Ana")


def test_clients_that_came_and_were_reached_since_are_told_apart() -> None:
    org = SmallOrg()
    memory = handed(org, 30, 8, 8, 31)
    org.add("Task", "t1", TaskSubtype="Call", IsClosed=True, AccountId="a1", CompletedDateTime=days_ago(2))
    facts = ana(org, memory)
    assert (facts["came_client_count"], facts["received_client_count"]) == (3, 2)
    assert (facts["first_received_client_name"], facts["received_from"]) == ("Client 0", "Ben")


def test_a_former_client_that_came_waits_for_nobody() -> None:
    org = SmallOrg(records={"account": {"columns": {"is_active": "Rating = 'Hot'"}}})
    memory = handed(org, 8)
    org.rows["Account"][0]["Rating"] = "Cold"
    assert ana(org, memory)["received_client_count"] == 0


@pytest.mark.parametrize(("watched", "expected"), [(29, True), (30, False)])
def test_what_came_before_we_looked_is_not_known(watched: int, expected: bool) -> None:
    org = SmallOrg()
    assert ana(org, handed(org, watched=watched))["is_hand_over_history_short"] is expected


@pytest.mark.parametrize("logged", [True, False])
def test_a_person_without_any_email_on_record_may_have_written(logged: bool) -> None:
    org = SmallOrg()
    assert ana(org, handed(org, 8), email_is_logged=logged)["is_person_blind"] is logged


def test_the_next_promise_is_the_first_of_the_days_to_come() -> None:
    org = SmallOrg()
    org.add("User", "u1", Name="Ana", UserType="Standard")
    org.account(name="Acme", created=days_ago(400))
    for number, due_on in enumerate([date(2026, 5, 12), date(2026, 5, 15), NOW.date(), date(2026, 5, 21)]):
        values: dict[str, Any] = {
            "AccountId": "a1",
            "OwnerId": "u1",
            "IsClosed": False,
            "ActivityDate": due_on,
        }
        org.add("Task", f"p{number}", Subject=f"Promise: no. {number}", **values)
    facts = ana(org)
    assert (facts["next_promise_subject"], facts["next_promise_due_on"]) == ("no. 2", NOW.date())
    assert (facts["next_promise_client_name"], facts["promises_due_this_week"]) == ("Acme", 2)
    assert (facts["late_promise_count"], facts["open_promise_count"]) == (1, 4)


def test_a_queue_is_nobody_whom_a_rule_could_judge() -> None:
    sf, hs = SmallOrg(), SmallOrg(crm="hubspot", org_id="77")
    sf.add("User", "u1", Name="Ana", Email="ana@acme.example", UserType="Standard")
    sf.add("Group", "q1", Name="Client Care", Type="Queue")
    sf.add("Group", "g1", Name="All of us", Type="Regular")
    hs.add("owners", "q2", firstName="Client", lastName="Care", email="ana@acme.example", type="QUEUE")
    judged = judge_orgs(sf, hs)
    assert [row["person_name"] for row in judged.facts["person"]] == ["Ana"]
    queues = judged.engine.query("select person_id from person where role = 'queue' order by 1").to_pylist()
    assert [row["person_id"] for row in queues] == ["00D1:q1", "77:q2"]
    assert judged.engine.query("select * from same_person").num_rows == 0


def test_what_a_queue_owns_is_owned_by_it() -> None:
    org = SmallOrg()
    org.add("Group", "q1", Name="Client Care", Type="Queue")
    org.account(created=days_ago(400), OwnerId="q1")
    account = judge_orgs(org).account
    assert (account["account_owner_name"], account["is_account_owner_active"]) == ("Client Care", True)


def test_an_org_that_does_not_show_its_queues_has_its_people() -> None:
    org = org_without("Group")
    org.add("User", "u1", Name="Ana", UserType="Standard")
    assert [row["person_name"] for row in judge_orgs(org).facts["person"]] == ["Ana"]
