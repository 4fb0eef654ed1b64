"""What keeps tasks few: rules that give way to others, conditions that must settle, people who are away, caps of a run."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rules.findings import Finding, Unknown
from sync.plan.changes import Plan, Settled
from sync.plan.people import Absence, Person, Rota
from sync.plan.plan import make_plan
from sync.plan.situation import DeadLetter
from tests.sync.plan.situations import LATE, NOON, QUIET, finding, person, situation, small_rule, tiny, write
from tests.sync.plan.tiny_crm import TinyCrm

TROUBLE = small_rule("trouble", inhibits=["quiet"], title="Something broke", severity="high")
PATIENT = small_rule("quiet", settle="2 days")
AWAY = Rota(
    fallback="bob@us.example",
    away={"ann@us.example": Absence(last=date(2026, 5, 20), cover="cat@us.example")},
)


def kinds(plan: Plan) -> list[tuple[str, str]]:
    return [(held.finding.rule, held.kind) for held in plan.held]


def test_a_rule_that_comes_first_holds_back_new_tasks_of_the_other_on_the_same_client() -> None:
    found = [finding(rule=TROUBLE), finding(), finding("sf:bolt")]
    plan = make_plan(situation(found, tiny(), rules=(TROUBLE, QUIET)))
    assert [change.account_id for change in plan.changes] == ["sf:acme", "sf:bolt"]
    assert kinds(plan) == [("quiet", "inhibited")]


def test_an_open_task_that_must_give_way_closes_and_says_to_what() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    found = [finding(rule=TROUBLE, account_owner_id="sf:bob"), finding()]
    plan = make_plan(situation(found, crm, rules=(TROUBLE, QUIET)))
    assert [(change.action, change.why[0]) for change in plan.changes if change.action == "close"] == [
        ("close", "Another matter comes first with this client: Something broke.")
    ]


def test_in_a_shared_task_the_one_that_comes_first_takes_the_place_of_the_other() -> None:
    crm = tiny()
    third = small_rule("third")
    rules = (TROUBLE, QUIET, third)
    write(situation([finding(), finding(rule=third)], crm, rules=rules), crm)
    plan = make_plan(situation([finding(rule=each) for each in rules], crm, rules=rules))
    (change,) = plan.changes
    assert (change.action, [ref.rule for ref in change.findings]) == ("update", ["trouble", "third"])


def test_of_two_rules_that_name_each_other_neither_gives_way() -> None:
    one, other = small_rule("one", inhibits=["other"]), small_rule("other", inhibits=["one"])
    plan = make_plan(situation([finding(rule=one), finding(rule=other)], tiny(), rules=(one, other)))
    assert (len(plan.changes[0].findings), plan.held) == (2, ())


def run(found: list[Finding], crm: TinyCrm, before: Plan | None, **also: Any) -> Plan:
    made = situation(found, crm, rules=(PATIENT,), settling=before.settling if before else {}, **also)
    plan = make_plan(made)
    write(made, crm)
    return plan


def test_what_must_still_hold_for_a_while_says_until_when() -> None:
    (held,) = run([finding()], tiny(), None).held

    assert held.reason == "has to hold until Thu 14 May 2026, 12:00 UTC first"


def test_a_condition_must_hold_for_a_while_at_every_run() -> None:
    crm, plan = tiny(), None
    for day, holds in ((0, True), (1, True), (1.5, False), (2, True), (3, True), (4, True)):
        crm.now = NOON + timedelta(days=day)
        plan = run([finding()] if holds else [], crm, plan)
        assert (len(crm.tasks) == 1) == (day == 4)


def test_a_condition_that_flaps_closes_nothing_until_it_has_been_gone_for_a_while() -> None:
    crm, facts = tiny(), {("quiet", finding().subject_hash): finding().facts}
    plan = run([finding()], crm, run([finding()], crm, None))
    crm.now = NOON + timedelta(days=3)
    plan = run([finding()], crm, plan)
    for day, holds in ((4, False), (5, True), (6, False), (7, False)):
        crm.now = NOON + timedelta(days=day)
        plan = run([finding()] if holds else [], crm, plan, facts_now=facts)
        assert [task.status for task in crm.tasks.values()] == ["open"]
    crm.now = NOON + timedelta(days=8)
    run([], crm, plan, facts_now=facts)
    assert [task.status for task in crm.tasks.values()] == ["done"]


def test_what_is_not_known_does_not_begin_to_settle_anew() -> None:
    since = Settled(holds=True, since_at=NOON - timedelta(days=1))
    name = ("quiet", finding().subject_hash)
    unknown = [Unknown(rule="quiet", subject_id="sf:acme", reason="late")]
    plan = make_plan(situation([], tiny(), rules=(PATIENT,), settling={name: since}, unknown=unknown))
    assert plan.settling == {name: since}
    assert make_plan(situation([], tiny(), rules=(PATIENT,), settling={name: since})).settling == {}


PEOPLE = [person(name) for name in ("ann", "bob", "cat")]


@pytest.mark.parametrize(("rule", "owner"), [(LATE, "cat"), (QUIET, None)])
def test_what_is_urgent_goes_to_the_cover_of_who_is_away_and_the_rest_waits(
    rule: Any, owner: str | None
) -> None:
    plan = make_plan(situation([finding(rule=rule)], tiny(), people=PEOPLE, rota=AWAY))
    assert [change.task["owner_id"] for change in plan.changes] == ([f"sf:{owner}"] if owner else [])
    assert [(held.kind, held.reason) for held in plan.held] == (
        [] if owner else [("away", "Ann is away until 20 May 2026")]
    )


def test_without_a_cover_at_work_the_next_in_the_list_gets_it() -> None:
    away = {each.email: Absence(last=date(2026, 5, 20)) for each in PEOPLE[::2] if each.email}
    away["ann@us.example"] = Absence(last=date(2026, 5, 20), cover="cat@us.example")
    plan = make_plan(
        situation(
            [finding(rule=LATE)], tiny(), people=PEOPLE, rota=Rota(fallback="bob@us.example", away=away)
        )
    )
    assert plan.changes[0].task["owner_id"] == "sf:bob"
    assert "not the first choice: account owner Ann is away until 20 May 2026" in plan.changes[0].why


def test_a_cover_that_this_crm_does_not_know_is_named_with_its_key() -> None:
    away = {"ann@us.example": Absence(last=date(2026, 5, 20), cover="kat@us.example")}
    rota = Rota(fallback="bob@us.example", away=away)
    (change,) = make_plan(situation([finding(rule=LATE)], tiny(), people=PEOPLE, rota=rota)).changes
    stranger = "no active person with the address kat@us.example (a cover in tasks.away) in this CRM"
    assert (change.task["owner_id"], f"not the first choice: {stranger}" in change.why) == ("sf:bob", True)


def test_an_absence_moves_no_open_task() -> None:
    crm = tiny()
    write(situation([finding(rule=LATE)], crm, people=PEOPLE), crm)
    assert make_plan(situation([finding(rule=LATE)], crm, people=PEOPLE, rota=AWAY)).changes == ()


def test_what_went_to_the_cover_stays_there_until_the_other_is_back() -> None:
    crm = tiny()
    write(situation([finding(rule=LATE)], crm, people=PEOPLE, rota=AWAY), crm)
    assert make_plan(situation([finding(rule=LATE)], crm, people=PEOPLE, rota=AWAY)).changes == ()
    (change,) = make_plan(situation([finding(rule=LATE)], crm, people=PEOPLE)).changes
    assert (change.action, change.task["owner_id"]) == ("reassign", "ann")


@pytest.mark.parametrize(("rule", "cover", "owner"), [(LATE, "bob", "bob"), (LATE, "cat", "ann"), (QUIET, "bob", "ann")])  # fmt: skip
def test_while_the_new_owner_is_away_who_has_left_does_not_keep_the_task(
    rule: Any, cover: str, owner: str
) -> None:
    crm, people = tiny(), [person("ann"), person("bob"), person("cat", is_active=False)]
    write(situation([finding(rule=rule, account_owner_id="sf:cat")], crm, people=PEOPLE), crm)
    rota = Rota(
        away={"ann@us.example": Absence(last=date(2026, 5, 20), cover=f"{cover}@us.example")},
        fallback="cat@us.example",
    )
    (change,) = make_plan(situation([finding(rule=rule)], crm, people=people, rota=rota)).changes
    assert (change.action, change.task["owner_id"]) == ("reassign", owner)


def test_who_may_not_see_the_client_does_not_get_the_task() -> None:
    rota = Rota(fallback="bob@us.example", blind={("sf:ann", "sf:acme")})
    plan = make_plan(situation([finding(), finding("sf:bolt")], tiny(), rota=rota))
    assert [change.task["owner_id"] for change in plan.changes] == ["sf:bob", "sf:ann"]
    assert "account owner Ann may not see the client in the CRM" in " ".join(plan.changes[0].why)


def test_a_team_queue_stands_in_where_the_config_names_it() -> None:
    queue = Person(
        person_id="sf:q", name="Client Care", email=None, is_active=True, manager_id=None, role="queue"
    )
    rule = small_rule("quiet", task={"subject": "Call", "assign": ["commitment_owner", "team_queue"]}, about="commitment",
                      when="is_open", occurrence=["commitment_id"])  # fmt: skip
    for rota, found in ((Rota(queue="Client Care"), ["sf:q"]), (Rota(queue="Care"), []), (Rota(), [])):
        plan = make_plan(situation([finding(rule=rule)], tiny(), rules=[rule], people=[queue], rota=rota))
        assert [change.task["owner_id"] for change in plan.changes] == found
        unknown = [held for held in plan.held if "no queue named Care (tasks.queue)" in held.reason]
        assert len(unknown) == (rota.queue == "Care")


def test_of_many_a_run_raises_the_most_pressing_and_the_rest_move_up() -> None:
    crm = tiny()
    found = [finding(f"sf:a{n}", account_revenue=n) for n in range(5)]
    made = situation(found, crm, limits={"new_per_run": 2})
    assert [change.account_id for change in make_plan(made).changes] == ["sf:a4", "sf:a3"]
    assert kinds(make_plan(made)) == [("quiet", "cap")] * 3
    write(made, crm)
    again = make_plan(situation(found, crm, limits={"new_per_run": 2}))
    assert [change.account_id for change in again.changes] == ["sf:a2", "sf:a1"]


def test_what_the_crm_refused_for_good_waits_until_it_says_something_else() -> None:
    crm = tiny()
    (change,) = make_plan(situation([finding()], crm)).changes
    dead = {change.key: DeadLetter(state=change.write.state, reason="refused in run r1")}
    plan = make_plan(situation([finding()], crm, dead=dead))
    assert (plan.changes, kinds(plan)) == ((), [("quiet", "failed")])
    assert len(make_plan(situation([finding(account_name="New")], crm, dead=dead)).changes) == 1
    assert datetime.fromisoformat(plan.document()["as_of"].removesuffix("Z")) == NOON


def test_nothing_is_written_to_who_has_left_and_nobody_can_stand_in_for() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    left = [person("ann", is_active=False)]
    plan = make_plan(situation([finding(account_name="New")], crm, people=left))
    assert (plan.changes, plan.standing) == ((), 1)
    assert [(each.field, each.reason) for each in plan.left] == [
        ("owner", "Ann, who has it, is inactive, and nobody else can take it")
    ]
