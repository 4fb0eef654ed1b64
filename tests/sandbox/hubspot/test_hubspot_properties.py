from typing import Any

import pytest

from sandbox.world import World

FAMILIES = ("v3", "2026-09")
DUE = "2024-05-04T09:00:00Z"


def path(family: str, rest: str) -> str:
    return ("/crm/v3/properties/" if family == "v3" else "/crm/properties/2026-09/") + rest


def custom(name: str, **more: Any) -> dict[str, Any]:
    group = more.pop("groupName", "task_information")
    return {"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": group, **more}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_property_that_is_made_can_be_used_at_once(portal: Any, family: str) -> None:
    made = portal.ask("POST", path(family, "tasks"), custom("our_key", hasUniqueValue=True))
    got = portal.ask("GET", path(family, "tasks/our_key")).body
    assert (made.status, got["hasUniqueValue"], got["hubspotDefined"]) == (201, True, False)
    assert portal.make("tasks", hs_timestamp=DUE, our_key="a")


def test_properties_start_as_a_new_portal_has_them(portal: Any) -> None:
    found = {row["name"]: row for row in portal.ask("GET", path("v3", "tasks")).body["results"]}
    assert not [name for name in found if "keptword" in name]
    key = found["hs_unique_creation_key"]
    assert (key["hasUniqueValue"], key["modificationMetadata"]["readOnlyValue"]) == (True, True)
    assert [one["value"] for one in found["hs_task_priority"]["options"]] == ["NONE", "LOW", "MEDIUM", "HIGH"]


def test_a_name_that_is_taken_is_a_conflict(portal: Any) -> None:
    portal.ask("POST", path("v3", "tasks"), custom("our_key"))
    again = portal.ask("POST", path("v3", "tasks"), custom("our_key"))
    assert (again.status, again.body["category"]) == (409, "OBJECT_ALREADY_EXISTS")
    assert again.body["subCategory"] == "Properties.PROPERTY_WITH_NAME_EXISTS"


@pytest.mark.parametrize(
    "wanted",
    [
        custom("Our_Key"), custom("1key"), custom("archived"), custom("hs_key"), custom("key", groupName="nope"), custom("key", type="text"),
        custom("key", label=""), custom("key", type="bool", hasUniqueValue=True), custom("key", options=[{"label": "A"}]),
    ],
)  # fmt: skip
def test_a_property_against_the_rules_is_refused(portal: Any, wanted: Any) -> None:
    reply = portal.ask("POST", path("v3", "tasks"), wanted)
    assert (reply.status, reply.body["category"]) == (400, "VALIDATION_ERROR")


def test_uniqueness_cannot_be_changed_later_and_nobody_says_so(portal: Any) -> None:
    portal.ask("POST", path("v3", "tasks"), custom("our_key"))
    changed = portal.ask("PATCH", path("v3", "tasks/our_key"), {"hasUniqueValue": True, "label": "Key"})
    assert (changed.status, changed.body["hasUniqueValue"], changed.body["label"]) == (200, False, "Key")


def test_at_most_ten_properties_of_an_object_are_unique(portal: Any) -> None:
    replies = [
        portal.ask("POST", path("v3", "tasks"), custom(f"key{n}", hasUniqueValue=True)) for n in range(11)
    ]
    assert [reply.status for reply in replies] == [201] * 10 + [400]


def test_an_archived_property_comes_back_with_its_values(portal: Any) -> None:
    portal.ask("POST", path("v3", "tasks"), custom("our_key"))
    made = portal.make("tasks", hs_timestamp=DUE, our_key="a")
    read = f"/crm/v3/objects/tasks/{made}?properties=our_key"
    assert portal.ask("DELETE", path("v3", "tasks/our_key")).status == 204
    assert "our_key" not in portal.ask("GET", read).body["properties"]
    assert portal.ask("GET", path("v3", "tasks/our_key")).status == 404
    portal.ask("POST", path("v3", "tasks"), custom("our_key"))
    assert portal.ask("GET", read).body["properties"]["our_key"] == "a"


def test_hubspots_own_properties_cannot_be_changed_or_archived(portal: Any) -> None:
    assert portal.ask("PATCH", path("v3", "tasks/hs_task_subject"), {"label": "x"}).status == 400
    assert portal.ask("DELETE", path("v3", "tasks/hs_task_subject")).status == 400


@pytest.mark.parametrize(
    ("switch", "unique", "plain"), [("allowed", 201, 201), ("refused", 400, 201), ("forbidden", 403, 403)]
)
def test_the_switch_decides_about_properties_on_tasks(
    portal: Any, switch: Any, unique: int, plain: int
) -> None:
    portal.world.switches.unique_on_tasks = switch
    assert portal.ask("POST", path("v3", "tasks"), custom("key", hasUniqueValue=True)).status == unique
    assert portal.ask("POST", path("v3", "tasks"), custom("other")).status == plain
    assert (
        portal.ask("POST", path("v3", "companies"), custom("key", groupName="companyinformation")).status
        == 201
    )


@pytest.mark.parametrize(("switch", "unique"), [("allowed", True), ("refused", False), ("forbidden", False)])
def test_a_portal_can_start_set_up(open_portal: Any, switch: Any, unique: bool) -> None:
    world = World()
    world.switches.setup_fields, world.switches.unique_on_tasks = True, switch
    portal = open_portal(world)
    assert portal.ask("GET", path("v3", "tasks/keptword_key")).body["hasUniqueValue"] is unique
    assert portal.ask("GET", path("v3", "tasks/keptword_state")).status == 200
    outcomes = portal.ask("GET", path("v3", "tasks/keptword_outcome")).body["options"]
    assert [each["value"] for each in outcomes] == ["done", "already_handled", "not_relevant", "snooze"]


def test_groups_can_be_made_and_used(portal: Any) -> None:
    made = portal.ask("POST", path("v3", "tasks/groups"), {"name": "ours", "label": "Ours"})
    names = [row["name"] for row in portal.ask("GET", path("v3", "tasks/groups")).body["results"]]
    assert (made.status, names) == (201, ["task_information", "ours"])
    assert portal.ask("POST", path("v3", "tasks"), custom("our_key", groupName="ours")).status == 201


def test_ticket_stages_say_whether_they_are_closed(portal: Any) -> None:
    pipeline = portal.ask("GET", "/crm/pipelines/2026-09/tickets").body["results"][0]
    states = {stage["id"]: stage["metadata"]["ticketState"] for stage in pipeline["stages"]}
    assert states == {"1": "OPEN", "2": "OPEN", "3": "OPEN", "4": "CLOSED"}


def test_deal_stages_say_whether_they_are_closed_in_text(portal: Any) -> None:
    won = portal.ask("GET", "/crm/v3/pipelines/deals/default/stages/closedwon").body
    assert won["metadata"] == {"isClosed": "true", "probability": "1.0"}
    assert portal.ask("GET", "/crm/v3/pipelines/deals/nope").status == 404
