"""Picklist fields made by the API: their value sets, and what a record may hold of them."""

from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import Running
from tests.sandbox.salesforce.test_salesforce_setup import described, grant

CHOICES: list[dict[str, Any]] = [
    {"fullName": "done", "label": "Done"},
    {"fullName": "snooze", "label": "Snooze 14 days"},
]


def make(org: Running, *, choices: Any = CHOICES, restricted: bool = True, **changes: Any) -> tuple[int, Any]:
    value_set = {"restricted": restricted, "valueSetDefinition": {"sorted": False, "value": choices}}
    metadata = {"label": "Outcome", "type": "Picklist", "valueSet": value_set} | changes
    body = {"FullName": "Activity.Outcome__c", "Metadata": metadata}
    answer = org.call("POST", "/tooling/sobjects/CustomField", json=body)
    return answer.status_code, answer.json()


def test_the_choices_are_described_with_the_words_that_people_read(org: Running) -> None:
    make(org)
    grant(org, "Task.Outcome__c")
    field = described(org, "Outcome__c") or {}
    assert (field["type"], field["restrictedPicklist"]) == ("picklist", True)
    seen = [(each["value"], each["label"], each["active"]) for each in field["picklistValues"]]
    assert seen == [("done", "Done", True), ("snooze", "Snooze 14 days", True)]


def test_a_person_chooses_one_on_their_task_and_it_is_read_back(org: Running) -> None:
    make(org)
    grant(org, "Task.Outcome__c")
    task = org.create("Task", Subject="Call")
    answer = org.call("PATCH", f"/sobjects/Task/{task}", json={"Outcome__c": "snooze"})
    assert answer.status_code == 204
    soql = "SELECT Id, Outcome__c FROM Task WHERE Outcome__c = 'snooze'"
    assert [row["Outcome__c"] for row in org.rows(soql)] == ["snooze"]
    assert org.call("PATCH", f"/sobjects/Task/{task}", json={"Outcome__c": None}).status_code == 204
    assert org.rows(soql) == []


def test_a_restricted_picklist_takes_its_own_values_only(org: Running) -> None:
    make(org)
    grant(org, "Task.Outcome__c")
    answer = org.call("POST", "/sobjects/Task", json={"Outcome__c": "Snooze 14 days"})
    assert answer.json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert answer.json()[0]["fields"] == ["Outcome__c"]


def test_an_open_picklist_takes_what_it_is_given(org: Running) -> None:
    make(org, restricted=False)
    grant(org, "Task.Outcome__c")
    task = org.create("Task", Outcome__c="something else")
    soql = f"SELECT Outcome__c FROM Task WHERE Id = '{task}'"
    assert org.rows(soql)[0]["Outcome__c"] == "something else"


def test_a_default_is_given_to_new_records(org: Running) -> None:
    make(org, choices=[CHOICES[0] | {"default": True}, CHOICES[1]])
    grant(org, "Task.Outcome__c")
    task = org.create("Task", Subject="Call")
    assert org.rows(f"SELECT Outcome__c FROM Task WHERE Id = '{task}'")[0]["Outcome__c"] == "done"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"choices": []}, "valueSet"),
        ({"valueSet": None}, "valueSet"),
        ({"choices": [*CHOICES, {"fullName": "DONE"}]}, "Duplicate"),
        ({"choices": [{"label": "Done"}]}, "FullName"),
        ({"choices": [{"fullName": "x" * 256}]}, "too large"),
        ({"choices": [each | {"default": True} for each in CHOICES]}, "one default"),
        ({"length": 40}, "Can not specify 'length'"),
        ({"externalId": True}, "Can not specify 'externalId'"),
        ({"type": "Text", "length": 40}, "Can not specify 'valueSet'"),
    ],
)
def test_a_picklist_that_cannot_be_is_refused(org: Running, changes: dict[str, Any], word: str) -> None:
    status, errors = make(org, **changes)
    assert (status, word in errors[0]["message"]) == (400, True)
    assert described(org, "Outcome__c") is None
