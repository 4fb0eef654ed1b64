"""Five stories of clients, as the people of the agency see them on their CRM's own page, from the first task to the last word."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.loop.house import Client, write_files
from tests.loop.hubspot_files import hubspot_files
from tests.loop.page import Card, cards
from tests.loop.people import People, people_at
from tests.loop.salesforce_files import salesforce_files
from tests.loop.test_life_of_a_task import BILLS
from tests.loop.world import CRMS, Desk, at_once, crm_with

CALLED = (("call", 1),)
CLIENTS = [
    Client(name="Silent Mill", touches=(("call", 30),)),
    Client(name="Word & Deed", touches=(("call", 30),), promise_due=4),
    Client(name="Broken Shop", touches=CALLED, case_opened=20, invoice_due=10),
    Client(name="Handed Over", touches=CALLED, case_opened=20, invoice_due=10),
    Client(name="Later Please", touches=(("call", 30),)),
]
DAY_S = 24 * 3600
THEIR_OWN = ("Talked", "Called", "Promise: send the audit", "send the audit")
"""What people wrote into the CRM themselves."""
NOTE = "Ask for Bo, not Al & friends."


@dataclass
class Told:
    """What the page showed of each client, chapter by chapter."""

    people: People
    chapters: list[dict[str, list[Card]]] = field(default_factory=list)

    @property
    def has_outcomes(self) -> bool:
        """An org without our fields has none for what a task came to."""
        return self.people.desk.crm != "sf-body"

    def only(self, chapter: int, client: str) -> Card:
        (card,) = self.chapters[chapter][client]
        return card

    def look(self) -> None:
        sandbox = self.people.desk.sandbox
        self.chapters.append(
            {
                client.name: [
                    _unmarked(card) for card in cards(sandbox, client.name) if card.title not in THEIR_OWN
                ]
                for client in CLIENTS
            }
        )

    def next(self, *deeds: Callable[[], None], days: int = 0, more: str = "") -> None:
        """People act, time goes by, Keptword runs, and everybody looks at the page."""
        for deed in deeds:
            deed()
        desk = self.people.desk
        now = desk.sandbox.post("/_sandbox/clock", {"advance_s": days * DAY_S + 600})["now"]
        desk.run("--now", now, *more.split())
        self.look()


def _unmarked(card: Card) -> Card:
    """Without the last line that says, in an org without our fields, that the task is ours."""
    lines = [line for line in card.lines if not line.startswith("[keptword kw1-")]
    while lines and not lines[-1]:
        lines.pop()
    return replace(card, lines=tuple(lines))


def _files(folder: Path) -> Path:
    tables = salesforce_files(CLIENTS) | hubspot_files(CLIENTS)
    tables["Bill__c"] = [
        {"Id": row["Id"], "Account__c": row["BillingAccountId"], "Name": row["InvoiceNumber"], "Balance__c": "1200.00", "Due__c": row["DueDate"]}
        for row in tables.pop("Invoice")
    ]  # fmt: skip
    return write_files(folder, tables)


def _tell(desk: Desk) -> Told:
    desk.configure(BILLS if desk.is_salesforce else "")
    assert desk.keptword("setup").code == 0
    told = Told(people_at(desk))
    people = told.people
    told.next(more="--accept-baseline")
    told.next(
        lambda: people.log_call("Silent Mill"),
        lambda: people.keep_promise("Word & Deed"),
        lambda: people.note_below("Handed Over", "invoice-after", NOTE),
        lambda: people.give_client("Handed Over", "sam"),
        lambda: people.complete(
            "Later Please", "stale-contact", outcome="snooze" if told.has_outcomes else ""
        ),
    )
    told.next(
        lambda: people.log_call("Word & Deed"),
        lambda: people.pay_invoice("Broken Shop"),
    )
    told.next(days=15)
    return told


@pytest.fixture(scope="module")
def told_by_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Told]]:
    folder = tmp_path_factory.mktemp("stories")
    data = _files(folder / "data")
    with ExitStack() as stack:
        desks = [
            Desk(
                crm=crm,
                folder=folder / crm,
                sandbox=stack.enter_context(crm_with(data, crm=crm, fields=False)),
            )
            for crm in CRMS
        ]
        told = at_once(lambda n: _tell(desks[n]), range(len(CRMS)))
        yield {crm: told[n] for n, crm in enumerate(CRMS)}


@pytest.fixture(params=CRMS)
def told(request: pytest.FixtureRequest, told_by_all: dict[str, Told]) -> Told:
    return told_by_all[request.param]


def test_a_silent_client_is_called_and_the_task_ends_by_itself(told: Told) -> None:
    first, then = told.only(0, "Silent Mill"), told.only(1, "Silent Mill")
    assert (first.title, first.owner, first.is_open) == (
        "Call Silent Mill: no contact since Tue 14 Apr",
        "Rita Ray",
        True,
    )
    assert first.lines[0] == "Silent Mill and we were last in touch on Tue 14 April 2026 (call)."
    assert not then.is_open
    assert then.lines[:-2] == first.lines
    assert then.lines[-1].startswith(
        "Closed by Keptword on Thu 14 May 2026. There was contact on Thu 14 May 2026 (call"
    )


def test_two_reasons_for_one_call_are_one_task_until_both_have_gone(told: Told) -> None:
    both, one, none = (told.only(n, "Word & Deed") for n in range(3))
    assert both.title == "Agree a new date with Word & Deed: send the audit (+1)"
    assert "Also with this client:" in both.lines
    assert both.lines[-1].startswith("- Call Word & Deed")
    assert (one.title, one.is_open, one.due) == (
        "Call Word & Deed: no contact since Tue 14 Apr",
        True,
        both.due,
    )
    assert "Also with this client:" not in one.lines
    assert not none.is_open
    assert none.lines[-1].startswith("Closed by Keptword on Thu 14 May 2026. There was contact")


def test_trouble_first_then_money_and_the_payment_ends_it(told: Told) -> None:
    first, paid = told.only(0, "Broken Shop"), told.only(2, "Broken Shop")
    assert first.title == "Call Broken Shop before chasing INV-brokenshop"
    assert 'We let them down: "Site down", reported on Fri 24 April 2026 and not over yet.' in first.lines
    assert not paid.is_open
    assert paid.lines[-1].startswith("Closed by Keptword on Thu 14 May 2026. Invoice INV-brokenshop is paid")


def test_a_client_that_changes_hands_takes_its_task_and_what_people_wrote_along(told: Told) -> None:
    before, after = told.only(0, "Handed Over"), told.only(1, "Handed Over")
    assert (before.owner, after.owner) == ("Rita Ray", "Sam Stone")
    assert after.lines[: len(before.lines)] == before.lines
    assert after.lines[-1] == NOTE


def test_what_a_person_puts_off_comes_back_once_as_a_new_task(told: Told) -> None:
    """Without a word on what it came to, a completed call is a call, and nothing is due for a month."""
    assert [card.is_open for card in told.chapters[1]["Later Please"]] == [False]
    assert [card.is_open for card in told.chapters[2]["Later Please"]] == [False]
    last = told.chapters[3]["Later Please"]
    assert sorted(card.is_open for card in last) == ([False, True] if told.has_outcomes else [False])
    assert len({card.title for card in last}) == 1
