"""Fields made by the API: where they go, who sees them, and how they are granted."""

from typing import Any

import pytest

from sandbox.salesforce.dialect import SalesforceDialect
from sandbox.world import Switches, World
from tests.sandbox.salesforce.conftest import Running

KEY: dict[str, Any] = {
    "label": "Key",
    "type": "Text",
    "length": 80,
    "externalId": True,
    "unique": True,
    "caseSensitive": True,
}


def make(org: Running, full_name: str, **changes: Any) -> tuple[int, Any]:
    body = {"FullName": full_name, "Metadata": KEY | changes}
    answer = org.call("POST", "/tooling/sobjects/CustomField", json=body)
    return answer.status_code, answer.json()


def grant(org: Running, field: str, **rights: bool) -> Any:
    owned = org.rows("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = true")[0]["Id"]
    body = {"ParentId": owned, "SobjectType": field.split(".")[0], "Field": field}
    return org.call(
        "POST",
        "/sobjects/FieldPermissions",
        json=body | {"PermissionsRead": True, "PermissionsEdit": True} | rights,
    )


def described(org: Running, name: str, object_name: str = "Task") -> dict[str, Any] | None:
    fields = org.call("GET", f"/sobjects/{object_name}/describe").json()["fields"]
    return next((field for field in fields if field["name"] == name), None)


def test_a_new_field_is_seen_by_nobody_until_it_is_granted(org: Running) -> None:
    status, made = make(org, "Activity.Key__c")
    assert (status, made["success"], made["id"][:3]) == (201, True, "00N")
    assert described(org, "Key__c") is None
    assert org.refusal("SELECT Key__c FROM Task")[0] == "INVALID_FIELD"
    assert org.call("POST", "/sobjects/Task", json={"Key__c": "a"}).json()[0]["errorCode"] == "INVALID_FIELD"


def test_a_granted_field_is_described_queried_and_written(org: Running) -> None:
    make(org, "Activity.Key__c")
    assert grant(org, "Task.Key__c").status_code == 201
    field = described(org, "Key__c") or {}
    assert [field[flag] for flag in ("externalId", "unique", "caseSensitive", "createable", "custom")] == [
        True
    ] * 5
    org.create("Task", Key__c="a")
    assert org.rows("SELECT Key__c FROM Task WHERE Key__c = 'a'")[0]["Key__c"] == "a"
    assert described(org, "Key__c", "Event") is None


def test_a_field_that_may_only_be_read_is_not_written(org: Running) -> None:
    make(org, "Activity.Key__c")
    grant(org, "Task.Key__c", PermissionsEdit=False)
    answer = org.call("POST", "/sobjects/Task", json={"Key__c": "a"})
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_permission_set_counts_once_it_is_assigned(org: Running) -> None:
    make(org, "Activity.Key__c")
    mine = org.create("PermissionSet", Name="Keptword", Label="Keptword")
    body = {
        "ParentId": mine,
        "SobjectType": "Task",
        "Field": "Task.Key__c",
        "PermissionsRead": True,
        "PermissionsEdit": True,
    }
    assert org.call("POST", "/sobjects/FieldPermissions", json=body).status_code == 201
    assert described(org, "Key__c") is None
    user = org.rows("SELECT Id FROM User")[0]["Id"]
    org.create("PermissionSetAssignment", PermissionSetId=mine, AssigneeId=user)
    assert described(org, "Key__c") is not None
    twin = org.call(
        "POST", "/sobjects/PermissionSetAssignment", json={"PermissionSetId": mine, "AssigneeId": user}
    )
    assert twin.json()[0]["errorCode"] == "DUPLICATE_VALUE"


def test_a_field_of_task_must_be_declared_on_activity(org: Running) -> None:
    status, errors = make(org, "Task.Key__c")
    assert status == 400
    assert errors[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert errors[0]["message"] == "Entity Enumeration Or ID: bad value for restricted picklist field: Task"


def test_a_field_is_made_once(org: Running) -> None:
    make(org, "Activity.Key__c")
    status, errors = make(org, "Activity.key__c")
    assert (status, errors[0]["errorCode"]) == (400, "DUPLICATE_DEVELOPER_NAME")


@pytest.mark.parametrize(
    "changes", [{"length": 256}, {"length": None}, {"type": "LongTextArea"}, {"type": "Nope"}, {"label": ""}]
)
def test_a_field_that_cannot_be_is_refused(org: Running, changes: dict[str, Any]) -> None:
    status, _ = make(org, "Activity.Key__c", **changes)
    assert status == 400


def test_the_grant_names_the_object_and_not_activity(org: Running) -> None:
    make(org, "Activity.Key__c")
    assert grant(org, "Activity.Key__c").json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert grant(org, "Task.Nope__c").json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert grant(org, "Task.Key__c").status_code == 201
    assert grant(org, "Task.Key__c").json()[0]["errorCode"] == "DUPLICATE_VALUE"


def test_tooling_finds_fields_by_their_name(org: Running) -> None:
    make(org, "Activity.Key__c")
    soql = "SELECT Id, DeveloperName, TableEnumOrId FROM CustomField WHERE DeveloperName = 'Key' AND TableEnumOrId = 'Activity'"
    answer = org.call("GET", "/tooling/query/", params={"q": soql}).json()
    assert (answer["totalSize"], answer["records"][0]["DeveloperName"]) == (1, "Key")
    assert org.refusal("SELECT Id FROM CustomField")[0] == "INVALID_TYPE"


def test_a_field_of_account_is_the_accounts_own(org: Running) -> None:
    make(org, "Account.Muted__c", type="Date", length=None, unique=False, externalId=False)
    grant(org, "Account.Muted__c")
    assert (described(org, "Muted__c", "Account") or {})["type"] == "date"


def test_the_switch_starts_with_keptwords_fields_granted() -> None:
    dialect = SalesforceDialect(World(switches=Switches(setup_fields=True)))
    catalogue = dialect.org.catalogue
    task = catalogue.find("Task")
    assert task is not None
    names = {"Keptword_Key__c", "Keptword_State__c", "Keptword_Outcome__c"}
    assert names <= {field.name for field in catalogue.visible(task)}
