"""From two clients to one: proposed, confirmed in a file under git, and their tasks stay what they were."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.loop.house import Client, write_files
from tests.loop.hubspot_files import hubspot_files
from tests.loop.salesforce_files import salesforce_files
from tests.loop.world import SECRETS, Desk, crm_with

ALDER = Client(name="Alder Works", touches=(("call", 24),))
BIRCH = Client(name="Birch", touches=(("call", 2),))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, dict[str, Any]]]:
    """Alder goes by another name and web address in HubSpot, so that each CRM gets a task; then somebody confirms."""
    folder = tmp_path_factory.mktemp("identities")
    hubspot = hubspot_files([ALDER, BIRCH])
    hubspot["companies"][0] |= {"name": "ALDER-WORKS Limited", "domain": "alder-works.test"}
    with crm_with(write_files(folder / "data", salesforce_files([ALDER, BIRCH]) | hubspot)) as sandbox:
        desk = Desk(crm="both", folder=folder / "desk", sandbox=sandbox).configure()
        documents = {"first": desk.run("--accept-baseline")}
        file = desk.folder / "identities.toml"
        documents["proposed"] = desk.keptword("identities", "--propose-out", str(file)).document
        documents["undecided"] = desk.run()
        said = file.read_text(encoding="utf-8").replace("[[proposed]]", "[[same]]")
        file.write_text(said, encoding="utf-8")
        documents["confirmed"] = desk.keptword("identities").document
        documents["explained"] = desk.keptword("explain", "Alder Works").document["account"]
        documents["after"] = desk.run()
        documents["again"] = desk.run()
        (task,) = (row for row in sandbox.rows("Task") if row.get("Keptword_Key__c") and not row["IsClosed"])
        for name, title in (("copied", f"Call: {task['Subject']}"), ("called", "Asked how they are")):
            call(desk, title, company=documents["proposed"]["proposals"][0]["accounts"][1]["id"])
            documents[name] = desk.run()
        yield desk, documents


def call(desk: Desk, title: str, *, company: str) -> None:
    """A completed call in HubSpot, such as a sync makes of a Salesforce task, or a person."""
    properties = {
        "hs_call_title": title,
        "hs_call_status": "COMPLETED",
        "hs_timestamp": "2026-05-14T08:00:00Z",
    }
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 182}
    body = {"properties": properties, "associations": [{"to": {"id": company}, "types": [kind]}]}
    headers = {"Authorization": f"Bearer {SECRETS['HUBSPOT_TOKEN']}"}
    answer = desk.sandbox.request("POST", "/crm/objects/2026-09/calls", json=body, headers=headers)
    assert answer.status == 201, answer.data


def deeds(document: Any) -> list[tuple[str, str]]:
    return sorted((each["connection"], each["action"]) for each in document["plan"]["changes"])


def test_a_near_name_is_proposed_and_joins_nothing(told: tuple[Desk, dict[str, Any]]) -> None:
    documents = told[1]
    assert deeds(documents["first"]) == [("hs", "create"), ("sf", "create")]
    (proposal,) = documents["proposed"]["proposals"]
    assert [each["connection"] for each in proposal["accounts"]] == ["sf", "hs"]
    assert (
        proposal["against"] == ["other web domains (alder-works.example, alder-works.test)"]
        or proposal["score"] >= 85
    )
    assert documents["proposed"]["written"]["proposals"] == 1
    assert deeds(documents["undecided"]) == []


def test_once_confirmed_it_is_listed_as_a_match_and_not_proposed(told: tuple[Desk, dict[str, Any]]) -> None:
    document = told[1]["confirmed"]
    assert document["counts"] == {
        "matches": {"confirmed": 1, "id": 0, "domain": 1}, "proposals": 0, "conflicts": 0,
    }  # fmt: skip
    assert [match["how"] for match in document["matches"]] == [["confirmed"], ["domain"]]


def test_an_explanation_says_which_records_a_client_consists_of_and_how_they_were_joined(
    told: tuple[Desk, dict[str, Any]],
) -> None:
    desk, documents = told
    ids = [account["account_id"] for account in documents["confirmed"]["matches"][0]["accounts"]]
    assert [each["account_id"] for each in documents["explained"]["records"]] == ids
    assert documents["explained"]["joined"] == [{"one": ids[0], "other": ids[1], "how": "confirmed"}]
    said = desk.keptword("explain", "Birch", as_json=False).out
    assert "One client, of 2 records:\n  Birch (sf 001" in said
    assert ": joined by web domain\n" in said


def test_one_of_the_two_tasks_goes_on_and_nothing_is_made_anew(told: tuple[Desk, dict[str, Any]]) -> None:
    documents = told[1]
    actions = [action for _, action in deeds(documents["after"])]
    assert actions.count("close") == 1
    assert "create" not in actions
    (closing,) = (each for each in documents["after"]["plan"]["changes"] if each["action"] == "close")
    assert closing["why"] == ["Another open task says the same."]
    assert deeds(documents["again"]) == []


def test_the_copy_of_its_task_in_the_other_crm_is_no_touch_and_a_call_there_is(
    told: tuple[Desk, dict[str, Any]],
) -> None:
    assert deeds(told[1]["copied"]) == []
    assert deeds(told[1]["called"]) == [("sf", "close")]


def test_a_person_reads_the_same_in_lines(told: tuple[Desk, dict[str, Any]]) -> None:
    ended = told[0].keptword("identities", "--limit", "1", as_json=False)
    assert ended.code == 0
    assert ended.out.startswith("2 clients are in several CRMs: 1 by hand, 1 by web domain.\n")
    assert "and 1 more; --limit shows more of them" in ended.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--connection", "sx"), "--connection: the config has no connection 'sx'. Choose from: sf, hs"),
        (("--propose-out", "."), "--propose-out: . is a folder. Name a file"),
    ],
)
def test_wrong_arguments_are_told(
    told: tuple[Desk, dict[str, Any]], arguments: tuple[str, str], says: str
) -> None:
    ended = told[0].keptword("identities", *arguments, as_json=False)
    assert (ended.code, ended.err.strip()) == (2, says)


def test_a_mistake_in_the_file_stops_every_command(told: tuple[Desk, dict[str, Any]]) -> None:
    desk, _ = told
    file = desk.folder / "identities.toml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace('"hs"', '"hubspot"'), encoding="utf-8")
    try:
        for command in ("check", "identities", "plan"):
            ended = desk.keptword(command, as_json=False)
            assert ended.code == 2
            assert "same[1].accounts[2]: the config has no connection 'hubspot'" in ended.err
    finally:
        file.write_text(before, encoding="utf-8")
