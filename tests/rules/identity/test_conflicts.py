"""What contradicts itself is told with its accounts, until the CRMs or an admin settle it."""

from collections.abc import Mapping

import pytest

from rules.identity.conflicts import Conflict, conflicts
from rules.identity.matches import by_how, matches, ties_of
from rules.identity.settled import Settled
from tests.rules.identity.two_crms import HS, SF, ids, records_of, two_crms
from tests.rules.small_org import NOTHING_SAID, Judged

Accounts = Mapping[str, tuple[str | None, str | None]]


def judge(accounts: Accounts, settled: Settled = NOTHING_SAID) -> Judged:
    """Id -> (web domain, the other CRM's id that it names); `s...` are in Salesforce."""
    salesforce, hubspot = two_crms()
    salesforce.records = {"account": {"columns": {"other_crm_id": "Rating"}}}
    for id_, (domain, names) in accounts.items():
        if id_.startswith("s"):
            salesforce.account(id_, Website=domain, Rating=names)
        else:
            hubspot.account(id_, domain=domain, salesforceaccountid=names)
    return records_of(salesforce, hubspot, settled=settled)


def told(accounts: Accounts, settled: Settled = NOTHING_SAID) -> list[Conflict]:
    return conflicts(judge(accounts, settled).engine)


CASES: tuple[tuple[str, Accounts, tuple[str, ...]], ...] = (
    ("ids disagree", {"s1": (None, None), "h1": (None, "s1"), "h2": (None, "s1")}, ("h1", "h2", "s1")),
    ("ids disagree", {"s1": (None, "h1"), "s2": (None, None), "h1": (None, "s2")}, ("h1", "s1", "s2")),
    ("id leads nowhere", {"s1": (None, None), "h1": (None, "gone")}, ("h1",)),
    ("id against domain", {"s1": (None, None), "s2": ("a.test", None), "h1": ("a.test", "s1")}, ("h1", "s1", "s2")),
    ("domain of several", {"s1": ("a.test", None), "s2": ("a.test", None), "h1": ("a.test", None)}, ("h1", "s1", "s2")),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "accounts", "named"), CASES)
def test_a_conflict_is_told_with_its_accounts(kind: str, accounts: Accounts, named: tuple[str, ...]) -> None:
    (conflict,) = told(accounts)
    assert conflict.kind == kind
    assert sorted(each.account_id for each in conflict.accounts) == sorted(ids(*named))
    assert conflict.problem
    assert conflict.remedy


@pytest.mark.parametrize(
    ("accounts", "settled"),
    [
        (CASES[0][1], Settled(different=((f"{SF}:s1", f"{HS}:h2"),))),
        (CASES[3][1], Settled(different=((f"{SF}:s2", f"{HS}:h1"),))),
        (CASES[3][1], Settled(same=((f"{SF}:s2", f"{HS}:h1"),), different=((f"{SF}:s1", f"{HS}:h1"),))),
        (CASES[4][1], Settled(different=((f"{SF}:s2", f"{HS}:h1"), (f"{SF}:s1", f"{HS}:h1")))),
        (CASES[4][1], Settled(same=((f"{SF}:s2", f"{HS}:h1"),))),
        (CASES[4][1], Settled(same=((f"{SF}:s2", f"{SF}:s1"),))),
        ({"s1": ("a.test", None), "s2": ("a.test", None), "h1": ("a.test", "s1")}, NOTHING_SAID),
        ({"s1": ("a.test", "h1"), "h1": ("a.test", "s1")}, NOTHING_SAID),
    ],
)
def test_what_is_settled_is_no_conflict(accounts: Accounts, settled: Settled) -> None:
    assert told(accounts, settled) == []


def test_a_confirmed_account_that_is_gone_is_told() -> None:
    (conflict,) = told({"s1": (None, None), "h1": (None, None)}, Settled(same=((f"{SF}:s9", f"{HS}:h1"),)))
    assert (conflict.kind, conflict.problem) == (
        "confirmed is gone",
        f"confirmed as one client, but {SF}:s9 is in no CRM any more",
    )


def test_an_id_that_two_orgs_have_joins_neither() -> None:
    salesforce, hubspot = two_crms()
    _, portal = two_crms()
    portal.org_id = "88"
    for org in (hubspot, portal):
        org.account("5")
    salesforce.records = {"account": {"columns": {"other_crm_id": "Rating"}}}
    salesforce.account("s", Rating="5")
    (conflict,) = conflicts(records_of(salesforce, hubspot, portal).engine)
    assert (conflict.kind, len(conflict.accounts)) == ("id names several", 3)


def test_matches_say_how_they_were_made() -> None:
    accounts: Accounts = {
        "s1": ("a.test", None), "h1": ("a.test", None), "s2": (None, None), "h2": (None, "s2"),
        "s3": (None, None), "h3": (None, None),
    }  # fmt: skip
    found = matches(judge(accounts, Settled(same=((f"{HS}:h3", f"{SF}:s3"),))).engine)
    assert [(each.accounts[0].account_id, each.how) for each in found] == [
        (f"{SF}:s1", ("domain",)), (f"{SF}:s2", ("id",)), (f"{SF}:s3", ("confirmed",)),
    ]  # fmt: skip
    assert by_how(found) == {"confirmed": 1, "id": 1, "domain": 1}


def test_matches_are_listed_by_name() -> None:
    salesforce, hubspot = two_crms()
    for number, name in enumerate(("birch", "Cedar", "Aspen")):
        salesforce.account(f"s{number}", name=name, Website=f"{name}.test")
        hubspot.account(f"h{number}", name=name, domain=f"{name}.test")

    found = matches(records_of(salesforce, hubspot).engine)

    assert [match.accounts[0].name for match in found] == ["Aspen", "birch", "Cedar"]


def test_of_a_client_of_three_records_each_tie_is_told_the_surest_first() -> None:
    accounts: Accounts = {"s1": ("a.test", None), "h1": ("a.test", None), "s2": (None, None)}
    engine = judge(accounts, Settled(same=((f"{SF}:s1", f"{SF}:s2"),))).engine
    ties = ties_of(engine, f"{SF}:s1")
    assert [(tie.how, tie.other) for tie in ties] == [("confirmed", f"{SF}:s2"), ("domain", f"{HS}:h1")]
    assert ties_of(engine, f"{SF}:s2") == []
