from typing import Any

import pytest

DUE = "2024-05-04T09:00:00Z"
FAMILIES = ("v3", "2026-09")
UNIQUE = {
    "name": "our_key", "label": "Key", "type": "string", "fieldType": "text", "groupName": "task_information",
    "hasUniqueValue": True,
}  # fmt: skip


def task(key: str, **more: Any) -> dict[str, Any]:
    return {"properties": {"hs_timestamp": DUE, "our_key": key, **more}, "objectWriteTraceId": f"trace-{key}"}


@pytest.fixture
def keyed(portal: Any) -> Any:
    assert portal.ask("POST", "/crm/v3/properties/tasks", UNIQUE).status == 201
    return portal


@pytest.fixture(params=FAMILIES)
def batch(request: Any, keyed: Any) -> Any:
    def run(what: str, inputs: list[Any], **more: Any) -> Any:
        path = keyed.objects(request.param, f"tasks/batch/{what}")
        return keyed.ask("POST", path, {"inputs": inputs, **more})

    run.family = request.param  # type: ignore[attr-defined]
    return run


def test_a_batch_of_new_tasks_answers_201_with_trace_ids(batch: Any) -> None:
    reply = batch("create", [task("a"), task("b")])
    assert (reply.status, reply.body["status"], "errors" in reply.body) == (201, "COMPLETE", False)
    traces = {row["properties"]["our_key"]: row["objectWriteTraceId"] for row in reply.body["results"]}
    assert traces == {"a": "trace-a", "b": "trace-b"}


def test_a_taken_key_costs_only_its_own_row(batch: Any) -> None:
    batch("create", [task("a")])
    reply = batch("create", [task("b"), task("a"), task("c")])
    assert reply.status == (207 if batch.family == "v3" else 201)
    assert [row["properties"]["our_key"] for row in reply.body["results"]] == ["c", "b"]
    assert (reply.body["numErrors"], reply.body["errors"][0]["category"]) == (1, "CONFLICT")
    assert reply.body["errors"][0]["context"]["objectWriteTraceId"] == ["trace-a"]


def test_the_same_key_twice_in_one_call_is_made_once(batch: Any) -> None:
    reply = batch("create", [task("a"), task("a")])
    assert (len(reply.body["results"]), reply.body["numErrors"]) == (1, 1)


def test_a_single_conflict_is_a_409_in_v3(batch: Any) -> None:
    batch("create", [task("a")])
    assert batch("create", [task("a")]).status == (409 if batch.family == "v3" else 201)


def test_an_invalid_row_fails_all_of_a_v3_call_and_one_of_a_dated_one(batch: Any, keyed: Any) -> None:
    reply = batch("create", [task("a"), task("b", hs_task_status="DONE")])
    made = len(keyed.ask("GET", "/crm/v3/objects/tasks").body["results"])
    assert (reply.status, made) == ((400, 0) if batch.family == "v3" else (201, 1))


def test_all_or_nothing_makes_nothing(batch: Any, keyed: Any) -> None:
    batch("create", [task("a")])
    keyed.world.switches.all_or_nothing = True
    assert batch("create", [task("b"), task("a")]).status == 400
    assert len(keyed.ask("GET", "/crm/v3/objects/tasks").body["results"]) == 1


def test_lost_ids_of_a_read_are_named_in_one_error(batch: Any, keyed: Any) -> None:
    made = keyed.make("tasks", hs_timestamp=DUE)
    reply = batch("read", [{"id": made}, {"id": "77"}, {"id": "78"}])
    assert reply.status == (207 if batch.family == "v3" else 200)
    assert [row["id"] for row in reply.body["results"]] == [made]
    assert reply.body["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert reply.body["errors"][0]["context"]["ids"] == ["77", "78"]


def test_a_read_by_key_finds_the_live_task(batch: Any) -> None:
    batch("create", [task("a")])
    reply = batch("read", [{"id": "a"}], idProperty="our_key", properties=["our_key"])
    assert [row["properties"]["our_key"] for row in reply.body["results"]] == ["a"]
    assert batch("read", [{"id": "x"}], idProperty="hs_task_subject").status == 400


def test_archived_tasks_are_read_only_when_asked_for(batch: Any, keyed: Any) -> None:
    made = keyed.make("tasks", hs_timestamp=DUE)
    assert batch("archive", [{"id": made}, {"id": "77"}]).status == 204
    assert batch("read", [{"id": made}]).body["results"] == []
    path = keyed.objects(batch.family, "tasks/batch/read?archived=True")
    assert keyed.ask("POST", path, {"inputs": [{"id": made}]}).body["results"][0]["archived"] is True


def test_updates_change_what_is_there_and_name_what_is_not(batch: Any, keyed: Any) -> None:
    made = keyed.make("tasks", hs_timestamp=DUE)
    subject = {"hs_task_subject": "New"}
    reply = batch("update", [{"id": made, "properties": subject}, {"id": "77", "properties": subject}])
    assert reply.status == (207 if batch.family == "v3" else 200)
    assert reply.body["results"][0]["properties"]["hs_task_subject"] == "New"
    assert reply.body["errors"][0]["context"]["ids"] == ["77"]


def test_an_id_twice_in_an_update_is_refused_twice(batch: Any, keyed: Any) -> None:
    made = keyed.make("tasks", hs_timestamp=DUE)
    reply = batch("update", [{"id": made, "properties": {"hs_task_subject": text}} for text in ("A", "B")])
    assert (reply.body["results"], reply.body["numErrors"]) == ([], 2)
    assert "Duplicate IDs found in batch input" in reply.body["errors"][0]["message"]


def test_an_upsert_says_what_was_new(batch: Any) -> None:
    batch("create", [task("a")])
    rows = [{"id": key, "idProperty": "our_key", "properties": {"hs_timestamp": DUE}} for key in ("a", "b")]
    reply = batch("upsert", rows)
    assert reply.status == 200
    assert {row["properties"]["our_key"]: row["new"] for row in reply.body["results"]} == {
        "a": False,
        "b": True,
    }


def test_an_upsert_by_what_is_not_unique_is_refused(batch: Any) -> None:
    row = {"id": "x", "idProperty": "hs_task_subject", "properties": {"hs_timestamp": DUE}}
    reply = batch("upsert", [row])
    assert reply.status == 400 or reply.body["errors"][0]["category"] == "VALIDATION_ERROR"


def test_an_archived_task_gives_its_key_free(batch: Any, keyed: Any) -> None:
    first = batch("create", [task("a")]).body["results"][0]["id"]
    batch("archive", [{"id": first}])
    again = batch("create", [task("a")])
    assert (again.status, again.body["results"][0]["id"] == first) == (201, False)


@pytest.mark.parametrize("inputs", [[], [{"id": str(number)} for number in range(1, 102)], ["1"], [{}]])
def test_a_batch_of_the_wrong_size_or_form_is_refused(batch: Any, inputs: list[Any]) -> None:
    assert batch("read", inputs).status == 400
