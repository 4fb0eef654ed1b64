"""A pull reads what changed, late changes too, and what went away is judged no more."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.loop.people import People, people_at
from tests.loop.world import Desk, crm_with, faults

ACCOUNT = {"sf": "Account", "hs": "companies"}
ONE_MORE = {"sf": "Industry", "hs": "industry"}


@pytest.fixture(scope="module", params=["sf", "hs"])
def people(
    request: pytest.FixtureRequest, agency: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[People]:
    with ExitStack() as stack:
        sandbox = stack.enter_context(crm_with(agency, crm=request.param))
        desk = Desk(crm=request.param, folder=tmp_path_factory.mktemp("pulls"), sandbox=sandbox).configure()
        assert desk.keptword("pull").code == 0
        yield people_at(desk)


def pulled(people: People) -> dict[str, Any]:
    """Object -> what a pull says of it."""
    ended = people.desk.keptword("pull")
    assert ended.code == 0, ended.err
    return {each["object"]: each for each in ended.document["objects"]}


def stale(people: People) -> set[str]:
    found = people.desk.keptword("findings", "--rule", "stale-contact").document["findings"]
    return {finding["account"] for finding in found}


def test_a_second_pull_reads_only_what_changed_and_little_objects_whole(people: People) -> None:
    objects = pulled(people)
    if not people.desk.is_salesforce:
        # A page or two of HubSpot's list is no more than a search, and sees what no search does.
        assert {name for name, each in objects.items() if not each["full"]} == {"own tasks"}
        return
    # The sandbox's own admin is as young as the sandbox.
    assert {name: each["rows"] for name, each in objects.items() if each["rows"] > (name == "User")} == {}
    assert not any(each["full"] for each in objects.values())


def test_a_change_that_comes_late_is_read_by_the_next_pull(people: People) -> None:
    people.desk.sandbox.post("/_sandbox/clock", {"advance_s": -300})
    name = ACCOUNT[people.desk.crm]
    people.change(
        name,
        people.record(name, "dogwood"),
        **{"Name" if people.desk.is_salesforce else "name": "Dogwood & Daughters"},
    )
    people.desk.sandbox.post("/_sandbox/clock", {"advance_s": 300})
    read = pulled(people)[name]
    assert (read["rows"], read["in_mirror"]) == (1 if people.desk.is_salesforce else 12, 12)
    assert people.desk.keptword("explain", "Dogwood & Daughters").code == 0


def test_a_client_that_is_deleted_in_the_crm_is_judged_no_more(people: People) -> None:
    assert "Alder Works" in stale(people)
    people.remove_client("Alder Works")
    people.desk.sandbox.post("/_sandbox/clock", {"advance_s": 60})
    pulled(people)
    assert "Alder Works" not in stale(people)


def test_one_more_mapped_field_reads_its_object_anew_and_no_other(people: People) -> None:
    name = ACCOUNT[people.desk.crm]
    connection = people.desk.crm
    people.desk.configure(
        "", f"[connections.{connection}.records.account.columns]", f'timezone = "{ONE_MORE[connection]}"'
    )
    objects = pulled(people)
    people.desk.configure()
    anew = {each for each in objects if objects[each]["full"]}
    assert anew == {name} if people.desk.is_salesforce else name in anew


def test_surveys_that_a_key_may_not_read_are_absent_and_the_rest_is_read(
    agency: Path, tmp_path: Path
) -> None:
    refused = {
        "category": "MISSING_SCOPES",
        "requiredGranularScopes": ["crm.objects.feedback_submissions.read"],
    }
    with crm_with(agency, crm="hs") as sandbox:
        desk = Desk(crm="hs", folder=tmp_path, sandbox=sandbox).configure()
        faults(sandbox, [{"match": {"path": "feedback_submissions"}, "status": 403, "body": refused}])
        ended = desk.keptword("pull")
        assert ended.code == 0, ended.err
        assert [each["object"] for each in ended.document["absent"]] == ["feedback_submissions"]
        assert all(each["complete"] for each in ended.document["objects"])


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_a_pull_before_setup_is_complete(agency: Path, tmp_path: Path, crm: str) -> None:
    with crm_with(agency, crm=crm, fields=False) as sandbox:
        ended = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure().keptword("pull")
        assert ended.code == 0, ended.out
        assert ended.document["complete"]


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_nothing_changed_costs_two_requests_an_object_at_most(agency: Path, tmp_path: Path, crm: str) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        desk.keptword("pull")
        before = desk.seen()
        objects = desk.keptword("pull").document["objects"]
        seen = [each["path"] for each in sandbox.journal(since=before)]
        reads = [path for path in seen if re.search("query|describe|sobjects|/crm/", path)]
        assert len(reads) <= 2 * len(objects), seen


def test_what_we_wrote_ourselves_is_read_once_and_then_no_more(agency: Path, tmp_path: Path) -> None:
    with crm_with(agency, crm="sf") as sandbox:
        desk = Desk(crm="sf", folder=tmp_path, sandbox=sandbox).configure()
        sandbox.post("/_sandbox/clock", {"advance_s": 900})
        written = len(desk.run("--accept-baseline")["written"])
        read = []
        for _ in range(2):
            sandbox.post("/_sandbox/clock", {"advance_s": 900})
            objects = desk.keptword("pull").document["objects"]
            read.append(sum(each["rows"] for each in objects if each["object"] == "Task"))
        assert (written > 0, read) == (True, [written, 0])
