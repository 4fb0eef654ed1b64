"""A team's queue takes tasks where the config names it and the CRM lets it own them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loop.house import wanted_tasks
from tests.loop.people import people_at
from tests.loop.world import Desk, crm_with, is_open
from tests.sandbox_process import RunningSandbox

TO_THE_QUEUE = ("[rules.stale-contact.task]", 'assign = ["team_queue"]')
QUEUE_OR_OWNER = ("[rules.stale-contact.task]", 'assign = ["team_queue", "account_owner"]')


@pytest.fixture
def org(agency: Path) -> Iterator[RunningSandbox]:
    with crm_with(agency, crm="sf") as sandbox:
        yield sandbox


def desk_at(org: RunningSandbox, folder: Path, *more: str, queue: str = "Client Care") -> Desk:
    """A desk whose config names a queue; the queue stands under [tasks], beside the fallback."""
    desk = Desk(crm="sf", folder=folder, sandbox=org)
    return desk.configure(*more, fallback=f'"sam@acme.example"\nqueue = "{queue}"')


def make_queue(desk: Desk, name: str, *objects: str) -> str:
    """A queue for these objects, as an admin makes it; its id."""
    ask = people_at(desk).ask
    path = "/services/data/v66.0/sobjects"
    queue: str = ask("POST", f"{path}/Group", {"Name": name, "Type": "Queue"})["id"]
    for each in objects:
        ask("POST", f"{path}/QueueSobject", {"QueueId": queue, "SobjectType": each})
    return queue


def owners(desk: Desk) -> list[str]:
    """Who has each of the tasks about silence."""
    stale = [row for row in desk.rows() if row["Keptword_Key__c"].startswith("kw1-stale")]
    return [row["OwnerId"] for row in stale if is_open(row)]


def test_an_org_that_hides_its_queues_gives_the_tasks_to_people(org: RunningSandbox, tmp_path: Path) -> None:
    org.post("/_sandbox/salesforce/hide", {"objects": ["Group", "QueueSobject"]})
    desk = desk_at(org, tmp_path, *QUEUE_OR_OWNER)
    document = desk.run("--accept-baseline")
    assert ("person", "Group") in {(each["record"], each["object"]) for each in document["pull"]["absent"]}
    names = {row["Id"]: row["Name"] for row in org.rows("User")}
    assert {names[owner] for owner in owners(desk)} == {"Rita Ray", "Sam Stone"}


def test_a_queue_that_takes_no_tasks_is_told_in_salesforces_words(
    org: RunningSandbox, tmp_path: Path
) -> None:
    desk = desk_at(org, tmp_path, *TO_THE_QUEUE, queue="Cases only")
    make_queue(desk, "Cases only", "Case")
    ended = desk.keptword("run", "--accept-baseline")
    assert ended.code == 3
    assert "Queue not associated with this SObject type" in ended.out
    assert "must support Task" in ended.out
    assert owners(desk) == []


def test_a_rule_gives_its_tasks_to_the_teams_queue(org: RunningSandbox, tmp_path: Path) -> None:
    desk = desk_at(org, tmp_path, *TO_THE_QUEUE)
    queue = make_queue(desk, "Client Care", "Task")
    desk.run("--accept-baseline")
    assert owners(desk) == [queue] * sum(wanted.kind == "stale" for wanted in wanted_tasks())
    assert desk.run()["plan"]["changes"] == []
