"""A person at a client whom both CRMs know is one, by an id field or the address, and only without a doubt."""

import pytest

from rules.columns import Column
from tests.rules.identity.two_crms import HS, SF, one_client, records_of
from tests.rules.small_org import SmallOrg, days_ago, judge_orgs, tell


def with_contacts(
    first: dict[str, str | None], second: dict[str, tuple[str | None, str | None]]
) -> tuple[SmallOrg, SmallOrg]:
    """Salesforce id -> address; HubSpot id -> (address, the Salesforce id that it names)."""
    salesforce, hubspot = one_client()
    for id_, email in first.items():
        salesforce.add("Contact", id_, AccountId="s", Name=f"{id_} Smith", Email=email)
    for id_, (email, names) in second.items():
        hubspot.add("contacts", id_, firstname=id_, email=email, salesforcecontactid=names)
        hubspot.link("contacts", id_, "companies", "h")
    return salesforce, hubspot


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ({"p": "Ann@acme.test"}, {"q": (" ann@ACME.test", None)}, 1),
        ({"p": None}, {"q": ("ann@acme.test", "p")}, 1),
        ({"p": "ann@acme.test", "r": "old@acme.test"}, {"q": ("ann@acme.test", "r")}, 2),
        ({"p": "ann@acme.test", "r": "ann@acme.test"}, {"q": ("ann@acme.test", None)}, 3),
        ({"p": None}, {"q": (None, None)}, 2),
        ({"p": ""}, {"q": ("", None)}, 2),
        ({"p": None}, {"q": (None, "p"), "x": (None, "p")}, 3),
    ],
)
def test_the_people_at_a_client_are_counted_once(
    first: dict[str, str | None], second: dict[str, tuple[str | None, str | None]], count: int
) -> None:
    orgs = with_contacts(first, second)
    assert [row["contact_count"] for row in tell(*orgs, about=["account"])["account"]] == [count]
    assert len(tell(*reversed(orgs), about=["contact"])["contact"]) == count


def test_touches_of_one_person_in_two_crms_do_not_hide_that_we_know_nobody_else() -> None:
    salesforce, hubspot = with_contacts({"p": "ann@acme.test"}, {"q": ("ann@acme.test", None)})
    salesforce.add("Task", "t", WhoId="p", IsClosed=True, Type="Call", CompletedDateTime=days_ago(20))
    hubspot.add("calls", "c", hs_timestamp=days_ago(5))
    hubspot.link("calls", "c", "contacts", "q")
    judged = judge_orgs(salesforce, hubspot)
    assert (judged.account["touched_contact_count"], judged.account["only_contact_name"]) == (1, "p Smith")
    assert (judged.only("contact")["contact_id"], judged.only("contact")["contact_touch_at"]) == (
        f"{SF}:p",
        days_ago(5),
    )


def test_a_person_of_two_clients_stays_with_both() -> None:
    salesforce, hubspot = with_contacts({"p": "ann@acme.test"}, {"q": ("ann@acme.test", None)})
    hubspot.account("other")
    hubspot.link("contacts", "q", "companies", "other")
    judged = records_of(salesforce, hubspot)
    rows = judged.engine.query("select contact_id, account_id from contact order by 2").to_pylist()
    assert [tuple(row.values()) for row in rows] == [(f"{SF}:p", f"{SF}:s"), (f"{SF}:p", f"{HS}:other")]


def test_the_same_address_at_two_clients_joins_nobody() -> None:
    salesforce, hubspot = with_contacts({"p": "info@agent.test"}, {})
    hubspot.account("other")
    hubspot.add("contacts", "q", email="info@agent.test")
    hubspot.link("contacts", "q", "companies", "other")
    assert len(tell(salesforce, hubspot, about=["contact"])["contact"]) == 2


def test_what_only_the_other_crm_knows_of_a_person_is_known() -> None:
    salesforce, hubspot = with_contacts({"p": "ann@acme.test"}, {"q": ("ann@acme.test", None)})
    hubspot.schemas["contacts"] = {
        **(hubspot.schemas["contacts"] or {}),
        "key": Column(name="key", type="boolean"),
        "left": Column(name="left", type="date"),
    }
    hubspot.records = {"contact": {"columns": {"is_key": "key", "left_on": "left"}}}
    hubspot.rows["contacts"][0] |= {"key": True, "left": days_ago(3).date(), "jobtitle": "Buyer"}
    row = judge_orgs(salesforce, hubspot).only("contact")
    assert (row["contact_name"], row["contact_role"], row["is_key_contact"], row["days_since_left"]) == (
        "p Smith",
        "Buyer",
        True,
        3,
    )
