"""A task reads back as it was written."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from connectors.hubspot.paths import PATHS, path_of
from connectors.hubspot.settings import HubSpotSettings
from connectors.hubspot.task_form import change_for, input_for, written_task
from connectors.task_body import marked_up
from connectors.tasks import Task, TaskChange, held_values, wanted_values

TASK = Task(
    key="kw1-stale-contact-a-b-0", state="1o", subject="Call  Zoë & Co ", body="since <8 May>\n\n  &amp; \"so\" on",
    owner_id="77", due_on=date(2024, 5, 4), due_at=datetime(2024, 5, 4, 9, 0, 0, 500_000), priority="normal",
    kind="call", account_id="1", contact_id="2",
)  # fmt: skip


def as_held(sent: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "9", "properties": sent["properties"], "createdAt": "2024-05-01T00:00:00Z", **more}


@pytest.mark.parametrize("priority", ["high", "normal", "low"])
@pytest.mark.parametrize("status", ["open", "done"])
@pytest.mark.parametrize("owner_id", ["77", None])
def test_a_task_reads_back_equal(priority: Any, status: Any, owner_id: str | None) -> None:
    task = replace(TASK, priority=priority, status=status, owner_id=owner_id)
    held = written_task(as_held(input_for(task)), ["1"], deleted=False)
    assert held_values("hubspot", held) == wanted_values("hubspot", task)


def test_a_body_keeps_its_lines_and_its_signs() -> None:
    assert marked_up("hubspot", 'a <b> & "c"\nd') == 'a &lt;b&gt; &amp; "c"<br>d'


def test_a_task_is_linked_to_its_company_and_contact_in_the_same_call() -> None:
    links = input_for(TASK)["associations"]
    assert [(link["to"]["id"], link["types"][0]["associationTypeId"]) for link in links] == [
        ("1", 192),
        ("2", 204),
    ]


def test_a_change_carries_the_state_and_what_it_names_alone() -> None:
    change = TaskChange(id="9", key="kw1-x", state="1c", status="done")
    assert change_for(change)["properties"] == {"keptword_state": "1c", "hs_task_status": "COMPLETED"}


def test_a_change_of_the_due_time_is_written_as_an_instant() -> None:
    change = TaskChange(
        id="9", key="kw1-x", state="1o", due_on=date(2024, 5, 7), due_at=datetime(2024, 5, 7, 8, 30)
    )
    assert change_for(change)["properties"] == {
        "keptword_state": "1o", "hs_timestamp": "2024-05-07T08:30:00.000Z"
    }  # fmt: skip


@pytest.mark.parametrize(("said", "outcome"), [("snooze", "snooze"), ("later, perhaps", ""), (None, "")])
def test_what_people_say_of_a_task_is_read_where_it_is_a_word_of_ours(said: Any, outcome: str) -> None:
    record = {"id": "9", "properties": {"keptword_outcome": said}}
    assert written_task(record, [], deleted=False).outcome == outcome


@pytest.mark.parametrize(
    ("status", "begun"),
    [("NOT_STARTED", False), ("IN_PROGRESS", True), ("WAITING", True), ("COMPLETED", False), (None, False)],
)
def test_a_status_of_a_persons_says_that_it_is_begun(status: str | None, *, begun: bool) -> None:
    record = {"id": "9", "properties": {"hs_task_status": status}}
    assert written_task(record, [], deleted=False).begun is begun


def test_a_body_in_the_crms_own_markup_is_written_as_it_is() -> None:
    change = TaskChange(id="9", key="kw1-x", state="1c", raw_body="<b>Theirs</b><br><br>ours")
    assert change_for(change)["properties"]["hs_task_body"] == "<b>Theirs</b><br><br>ours"


def test_an_archived_task_is_closed_when_it_was_archived() -> None:
    record = as_held(input_for(TASK), archivedAt="2024-05-03T10:00:00Z", updatedAt="2024-05-09T10:00:00Z")
    assert str(written_task(record, [], deleted=True).closed_at) == "2024-05-03 10:00:00"


@pytest.mark.parametrize("properties", [None, {}, {"hs_timestamp": "soon", "hs_task_priority": None}])
def test_a_bare_record_is_still_a_task(properties: Any) -> None:
    task = written_task({"id": 5, "properties": properties}, [], deleted=False)
    assert (task.id, task.due, task.priority, task.status) == ("5", "", "", "open")


def test_both_versions_have_every_path() -> None:
    assert PATHS["v3"].keys() == PATHS["2026-09"].keys()


def test_a_name_cannot_leave_its_place_in_a_path() -> None:
    assert path_of("v3", "objects", object="../a?b") == "/crm/v3/objects/..%2Fa%3Fb"


@pytest.mark.parametrize(
    "odd", [{"portal_id": "x"}, {"api": "v2"}, {"token": "pat-123"}, {"pace": 0}, {"api_url": "ftp://x"}]
)
def test_settings_refuse_what_they_do_not_know(odd: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(odd))):
        HubSpotSettings.model_validate(
            {"crm": "hubspot", "login": {"kind": "token", "token": "env:T"}, **odd}
        )
