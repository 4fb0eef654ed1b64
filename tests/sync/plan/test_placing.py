"""A new task of a client in two CRMs goes where its owner works, or where the config says; an open one stays."""

import pytest

from connectors.tasks import Task
from sync.plan.changes import Change
from sync.plan.people import Person
from sync.plan.plan import make_plan
from sync.plan.situation import Home, Situation
from tests.sync.plan.situations import finding, person, situation, small_rule, tiny, write
from tests.sync.plan.tiny_crm import TinyCrm

RECORDS = {"sf:acme": {"sf": "sf:acme", "hs": "hs:7"}}
BOTH = [person(name, org) for org in ("sf", "hs") for name in ("ann", "bob")]


@pytest.fixture
def crms() -> tuple[TinyCrm, TinyCrm]:
    return tiny(), tiny(crm="hubspot", org="hs")


def made(crms: tuple[TinyCrm, TinyCrm], **also: object) -> Situation:
    return situation([finding()], crms, **{"records": RECORDS, **also})  # type: ignore[arg-type]  # as situation() takes them


def created(made_of: Situation) -> tuple[str, str | None, str | None]:
    """Where, about which record, whose."""
    (change,) = make_plan(made_of).changes
    assert isinstance(change, Change)
    assert isinstance(change.write, Task)
    return change.connection, change.write.account_id, change.write.owner_id


@pytest.mark.parametrize(
    ("works", "place"),
    [
        ({}, ("sf", "acme", "ann")),
        ({"sf:ann": 3, "hs:ann": 4}, ("hs", "7", "ann")),
        ({"sf:ann": 4, "hs:ann": 4}, ("sf", "acme", "ann")),
        ({"sf:ann": 1, "hs:bob": 9}, ("sf", "acme", "ann")),
    ],
)
def test_it_goes_where_most_of_the_owners_work_is_on_record(
    crms: tuple[TinyCrm, TinyCrm], works: dict[str, int], place: tuple[str, str, str]
) -> None:
    assert created(made(crms, works=works, people=BOTH)) == place


@pytest.mark.parametrize("here", [[], [person("ann", is_active=False)]])
def test_an_owner_who_works_in_one_of_them_gets_it_there(
    crms: tuple[TinyCrm, TinyCrm], here: list[Person]
) -> None:
    people = [*here, person("bob"), person("ann", "hs")]
    facts = finding(account_owner_id="hs:ann")
    assert created(situation([facts], crms, records=RECORDS, people=people)) == ("hs", "7", "ann")


def test_where_the_first_of_the_list_has_gone_the_next_decides(crms: tuple[TinyCrm, TinyCrm]) -> None:
    rule = small_rule("quiet", task={"subject": "Call", "assign": ["account_owner", "fallback"]})
    people = [person("ann", is_active=False), person("bob", "hs")]
    assert created(made(crms, rules=[rule], people=people)) == ("hs", "7", "bob")


@pytest.mark.parametrize(("named", "place"), [("hs", "hs"), ("sf", "sf"), ("elsewhere", "sf")])
def test_the_config_may_name_the_crm(crms: tuple[TinyCrm, TinyCrm], named: str, place: str) -> None:
    assert created(made(crms, tasks_in=named, people=BOTH))[0] == place


def test_a_client_of_one_crm_has_its_tasks_there_whatever_is_named(crms: tuple[TinyCrm, TinyCrm]) -> None:
    assert created(made(crms, records={}, tasks_in="hs", works={"hs:ann": 9}, people=BOTH))[0] == "sf"


def test_an_open_task_stays_when_the_owner_moves_on(crms: tuple[TinyCrm, TinyCrm]) -> None:
    write(made(crms, people=BOTH), *crms)
    plan = make_plan(made(crms, people=BOTH, works={"hs:ann": 9}, tasks_in="hs"))
    assert (plan.changes, plan.standing) == ((), 1)


def test_it_waits_for_the_crm_that_it_belongs_in(crms: tuple[TinyCrm, TinyCrm]) -> None:
    homes = {
        "sf": Home(connection="sf", crm="salesforce", org_id="sf"),
        "hs": Home(connection="hs", crm="hubspot", org_id="hs", blocked="not read"),
    }
    plan = make_plan(made(crms, people=BOTH, tasks_in="hs", homes=homes))
    assert (plan.changes, plan.held[0].reason) == ((), "not read")
