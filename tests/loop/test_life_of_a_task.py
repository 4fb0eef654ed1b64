"""What people do to tasks and records holds: the next runs follow it and undo nothing."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sync.ledger.ledger import Ledger
from tests.loop.house import Client, day, write_files
from tests.loop.hubspot_files import hubspot_files
from tests.loop.people import People, people_at
from tests.loop.salesforce_files import salesforce_files
from tests.loop.world import CRMS, Desk, at_once, crm_with, is_open

SILENT = ("Completed", "Called", "Unlinked", "Moved", "Handed", "Renamed", "Noted", "Deleted", "Untouched")
CALLED = (("call", 1),)
CLIENTS = [
    *(Client(name=name, touches=(("call", 30),)) for name in SILENT),
    *(Client(name=name, promise_due=4, touches=CALLED) for name in ("Kept", "Postponed", "Slipping")),
    *(Client(name=name, case_opened=20, invoice_due=10, touches=CALLED) for name in ("Paid", "Owing")),
]  # fmt: skip

BILLS = """
[connections.sf.records.invoice]
object = "Bill__c"
columns = { invoice_id = "Id", account_id = "Account__c", number = "Name", balance = "Balance__c", due_on = "Due__c", amount = "Balance__c", status = "case when Balance__c > 0 then 'open' else 'paid' end", issued_on = "Due__c", is_disputed = "false", currency = "'GBP'" }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A CRM after people were at work in it and two runs have followed."""

    people: People
    before: Mapping[str, dict[str, Any]]
    first: Any
    second: Any
    writes_of_second: list[str]
    moved: set[tuple[str, str]]
    """Old and new day of each date that the ledger saw change."""

    def task(self, client: str, rule: str = "stale-contact") -> dict[str, Any]:
        return self.people.task(client, rule)

    def field(self, client: str, name: str, rule: str = "stale-contact") -> str:
        return str(self.task(client, rule)[self.people.words[name]])

    def actions(self, client: str) -> list[str]:
        key = self.before[client].get("Keptword_Key__c") or self.before[client]["keptword_key"]
        return [change["action"] for change in self.first["plan"]["changes"] if change["key"] == key]


def _files(folder: Path) -> Path:
    tables = salesforce_files(CLIENTS) | hubspot_files(CLIENTS)
    tables["Bill__c"] = [
        {"Id": row["Id"], "Account__c": row["BillingAccountId"], "Name": row["InvoiceNumber"], "Balance__c": "1200.00", "Due__c": row["DueDate"]}
        for row in tables.pop("Invoice")
    ]  # fmt: skip
    return write_files(folder, tables)


def _work(people: People) -> None:
    people.complete("Completed", "stale-contact")
    people.log_call("Called")
    people.unlink("Unlinked", "stale-contact")
    people.log_call("Unlinked")
    people.edit(
        "Moved", "stale-contact", due=day(-9) if people.desk.is_salesforce else f"{day(-9)}T12:00:00.000Z"
    )
    sam = people.record("User" if people.desk.is_salesforce else "owners", "sam")
    people.edit("Handed", "stale-contact", owner=sam)
    people.edit("Renamed", "stale-contact", subject="Ring them, they are back")
    people.edit("Noted", "stale-contact", body="Left word with the desk, trying again on Monday")
    people.delete("Deleted", "stale-contact")
    people.keep_promise("Kept")
    people.move_promise("Postponed", day(-10))
    people.move_promise("Slipping", day(3))
    people.pay_invoice("Paid")


def _rule(client: Client) -> str:
    return (
        "missed-commitment"
        if client.promise_due
        else "invoice-after"
        if client.invoice_due
        else "stale-contact"
    )


def _tell(desk: Desk) -> Told:
    desk.configure(BILLS if desk.is_salesforce else "")
    desk.run("--accept-baseline")
    people = people_at(desk)
    before = {client.name: people.task(client.name, _rule(client)) for client in CLIENTS}
    _work(people)
    desk.sandbox.post("/_sandbox/clock", {"advance_s": 600})
    first, seen = desk.run(), desk.seen()
    second = desk.run()
    return Told(
        people=people, before=before, first=first, second=second, writes_of_second=desk.writes(seen),
        moved=_moved(desk, *first["pull"]["orgs"].values()),
    )  # fmt: skip


def _moved(desk: Desk, org_id: str) -> set[tuple[str, str]]:
    with Ledger.open(f"sqlite:///{desk.folder / 'keptword-ledger.db'}") as ledger:
        changes = ledger.changes.of_records(org_id, "Task" if desk.is_salesforce else "tasks")
    return {(str(change.old)[:10], str(change.new)[:10]) for change in changes}


@pytest.fixture(scope="module")
def told_by_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Told]]:
    folder = tmp_path_factory.mktemp("life")
    data = _files(folder / "data")
    with ExitStack() as stack:
        desks = [
            Desk(crm=crm, folder=folder / crm, sandbox=stack.enter_context(crm_with(data, crm=crm)))
            for crm in CRMS
        ]
        told = at_once(lambda n: _tell(desks[n]), range(len(CRMS)))
        yield {crm: told[n] for n, crm in enumerate(CRMS)}


@pytest.fixture(params=CRMS)
def told(request: pytest.FixtureRequest, told_by_all: dict[str, Told]) -> Told:
    return told_by_all[request.param]


def test_everything_was_raised_once(told: Told) -> None:
    assert len(told.people.desk.rows()) == len(CLIENTS)


def test_a_completed_call_task_is_a_touch_and_answers_the_finding(told: Told) -> None:
    findings = told.people.desk.keptword("findings", "--rule", "stale-contact").document["findings"]
    assert not is_open(told.task("Completed"))
    assert "Completed" not in {finding["account"] for finding in findings}
    assert told.actions("Completed") == []


def test_a_logged_call_closes_the_task_with_a_last_line_that_says_so(told: Told) -> None:
    assert told.actions("Called") == ["close"]
    assert not is_open(told.task("Called"))
    last = told.field("Called", "body").replace("<br>", "\n").splitlines()[-1]
    # Salesforce notes whose call it was, where HubSpot leaves it open.
    who = "call with Sandbox Admin" if told.people.desk.is_salesforce else "call"
    assert last == f"Closed by Keptword on Thu 14 May 2026. There was contact on Thu 14 May 2026 ({who})."


def test_a_task_that_was_taken_off_its_client_closes_with_the_true_reason(told: Told) -> None:
    (change,) = [
        each
        for each in told.first["plan"]["changes"]
        if each["action"] == "close" and "Unlinked" in each["task"]["subject"]
    ]
    assert change["why"][0].startswith("There was contact on Thu 14 May 2026")


def test_a_moved_due_date_stays(told: Told) -> None:
    assert told.field("Moved", "due").startswith(day(-9))


def test_a_new_owner_stays(told: Told) -> None:
    owner = told.people.record("User" if told.people.desk.is_salesforce else "owners", "sam")
    assert told.field("Handed", "owner") == owner


def test_a_new_subject_stays(told: Told) -> None:
    assert told.field("Renamed", "subject") == "Ring them, they are back"


def test_own_words_in_the_body_stay(told: Told) -> None:
    assert told.field("Noted", "body") == "Left word with the desk, trying again on Monday"


def test_a_deleted_task_is_not_raised_again(told: Told) -> None:
    held = [each["reason"] for each in told.first["plan"]["held"]]
    assert [reason for reason in held if "deleted the task" in reason]
    assert len(told.people.desk.rows()) == len(CLIENTS)


@pytest.mark.parametrize(
    ("client", "rule", "reason"),
    [
        ("Kept", "missed-commitment", "The promise was kept on Thu 14 May 2026."),
        ("Postponed", "missed-commitment", "It has a new date: Sun 24 May 2026."),
        ("Paid", "invoice-after", "Invoice INV-paid is paid."),
    ],
)
def test_a_reason_that_is_gone_closes_the_task_and_is_named(
    told: Told, client: str, rule: str, reason: str
) -> None:
    assert not is_open(told.task(client, rule))
    assert told.field(client, "body", rule).endswith(reason)


def test_a_promise_that_slips_further_updates_its_task(told: Told) -> None:
    assert told.actions("Slipping") == ["update"]
    assert is_open(told.task("Slipping", "missed-commitment"))
    assert "Mon 11 May 2026" in told.field("Slipping", "body", "missed-commitment")


def test_what_nobody_touched_stays_as_it_was(told: Told) -> None:
    assert told.task("Untouched") == told.before["Untouched"]
    assert told.task("Owing", "invoice-after") == told.before["Owing"]


def test_the_run_after_has_nothing_left_to_do(told: Told) -> None:
    assert (told.second["plan"]["changes"], told.writes_of_second) == ([], [])


def test_a_machine_without_memory_leaves_all_of_it_alone(told_by_all: dict[str, Told]) -> None:
    def forgetful(crm: str) -> list[str]:
        desk = told_by_all[crm].people.desk
        desk.forget("mirror", "ledger")
        seen = desk.seen()
        desk.run("--accept-baseline")
        return desk.writes(seen)

    assert at_once(forgetful, CRMS) == {crm: [] for crm in CRMS}


def test_dates_that_were_moved_are_remembered_though_no_crm_keeps_them(told: Told) -> None:
    assert {(day(4), day(-10)), (day(4), day(3))} <= told.moved
