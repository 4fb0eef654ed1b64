from typing import Any

import pytest

ODD: list[Any] = [None, 1, "x", [], [1], [None], [[]], {}, {"id": None}, {"id": []}, {"a": {}}, True, 1e400]
POSTS = [
    "/crm/v3/objects/tasks", "/crm/v3/objects/tasks/search", "/crm/v3/objects/tasks/batch/read",
    "/crm/v3/objects/tasks/batch/create", "/crm/v3/objects/tasks/batch/update", "/crm/v3/objects/tasks/batch/upsert",
    "/crm/v3/objects/tasks/batch/archive", "/crm/v4/associations/tasks/companies/batch/read",
    "/crm/v4/associations/tasks/companies/batch/create", "/crm/v4/associations/tasks/companies/batch/archive",
    "/crm/v4/associations/tasks/companies/batch/labels/archive",
    "/crm/v4/associations/tasks/companies/batch/associate/default", "/crm/v3/properties/tasks",
    "/crm/v3/properties/tasks/batch/read", "/crm/v3/properties/tasks/groups",
    "/oauth/v2/private-apps/get/access-token-info",
]  # fmt: skip
MEMBERS = [
    "inputs", "properties", "associations", "filterGroups", "sorts", "query", "limit", "after", "idProperty", "tokenKey",
    "propertiesWithHistory", "name", "type", "options", "groupName", "objectWriteTraceId",
]  # fmt: skip
GOOD: dict[str, Any] = {
    "properties": {"hs_timestamp": "2024-05-04T09:00:00Z"}, "name": "n", "label": "n", "type": "string",
    "fieldType": "text", "groupName": "task_information",
    "inputs": [{"id": "1", "idProperty": "x", "properties": {}, "from": {"id": "1"}, "to": {"id": "2"}, "types": []}],
}  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_no_body_breaks_the_portal(portal: Any, path: str) -> None:
    bodies = [*ODD, *({**GOOD, name: value} for name in MEMBERS for value in ODD)]
    rows = [
        {**GOOD["inputs"][0], name: value}
        for name in ("id", "properties", "associations", "from", "to", "types", "after")
        for value in ODD
    ]
    for body in [*bodies, *({"inputs": [row]} for row in rows)]:
        reply = portal.ask("POST", path, body)
        assert reply.status < 500, (body, reply.raw)


@pytest.mark.parametrize("value", ODD)
def test_no_filter_breaks_a_search(portal: Any, value: Any) -> None:
    for name in ("propertyName", "operator", "value", "values", "highValue"):
        for operator in ("EQ", "IN", "BETWEEN", "CONTAINS_TOKEN", "HAS_PROPERTY"):
            only = {
                "propertyName": "hs_timestamp",
                "operator": operator,
                "value": "1",
                "values": ["1"],
                name: value,
            }
            assert portal.search("tasks", filterGroups=[{"filters": [only]}]).status in (200, 400)


@pytest.mark.parametrize("value", ODD)
def test_no_value_breaks_a_write(portal: Any, value: Any) -> None:
    for name in (
        "hs_timestamp",
        "hs_task_body",
        "hs_task_status",
        "hubspot_owner_id",
        "hs_queue_membership_ids",
    ):
        body = {"properties": {"hs_timestamp": "2024-05-04T09:00:00Z", name: value}}
        assert portal.ask("POST", "/crm/v3/objects/tasks", body).status in (201, 400)
