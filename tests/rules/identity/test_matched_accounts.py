"""Accounts are joined as an admin said, by ids that name each other, then by domain; what contradicts itself is not."""

from collections.abc import Mapping

import pytest

from rules.identity.settled import Settled
from tests.rules.identity.two_crms import HS, LONG, SF, SHORT, ids, joined, records_of, two_crms
from tests.rules.small_org import NOTHING_SAID, Judged, SmallOrg, days_ago, judge_orgs


def judge(
    salesforce: Mapping[str, str | None],
    hubspot: Mapping[str, tuple[str | None, str | None]],
    settled: Settled = NOTHING_SAID,
) -> Judged:
    """Salesforce id -> website; HubSpot id -> (domain, the Salesforce id that it names)."""
    orgs = two_crms()
    for id_, website in salesforce.items():
        orgs[0].account(id_, Website=website)
    for id_, (domain, names) in hubspot.items():
        orgs[1].account(id_, domain=domain, salesforceaccountid=names)
    return records_of(*orgs, settled=settled)


def pair(*names: str) -> set[frozenset[str]]:
    return {frozenset(ids(*names))}


@pytest.mark.parametrize(
    "names", [LONG, SHORT, f" {LONG} ", f"{SF}:{LONG}", f"https://acme.my.example/{SHORT}"]
)
def test_an_id_field_joins_in_15_characters_and_in_18(names: str) -> None:
    assert joined(judge({LONG: None}, {"h1": (None, names)})) == pair(LONG, "h1")


def test_an_id_counts_more_than_the_domain() -> None:
    judged = judge({"s1": None, "s2": "acme.test"}, {"h1": ("acme.test", "s1")})
    assert joined(judged) == pair("s1", "h1")


def test_the_case_of_an_id_tells_two_accounts_apart() -> None:
    assert joined(judge({LONG: None}, {"h1": (None, SHORT.lower())})) == set()


@pytest.mark.parametrize("domain", [None, "acme.test"])
def test_two_that_name_the_same_id_join_nothing_not_even_by_domain(domain: str | None) -> None:
    assert joined(judge({"s1": domain}, {"h1": (domain, "s1"), "h2": (None, "s1")})) == set()


def test_an_id_that_leads_nowhere_leaves_the_domain() -> None:
    assert joined(judge({"s1": "acme.test"}, {"h1": ("acme.test", "gone")})) == pair("s1", "h1")


def test_what_an_admin_confirmed_counts_more_than_ids_and_domains() -> None:
    settled = Settled(same=((f"{SF}:s2", f"{HS}:h1"),))
    assert joined(judge({"s1": "acme.test", "s2": None}, {"h1": ("acme.test", "s1")}, settled)) == pair(
        "s2", "h1"
    )


@pytest.mark.parametrize("names", [None, "s1"])
def test_what_an_admin_keeps_apart_is_never_joined(names: str | None) -> None:
    settled = Settled(different=((f"{HS}:h1", f"{SF}:s1"),))
    assert joined(judge({"s1": "acme.test"}, {"h1": ("acme.test", names)}, settled)) == set()


def test_two_accounts_of_one_crm_are_one_client_only_where_an_admin_says_so() -> None:
    accounts: tuple[dict[str, str | None], dict[str, tuple[str | None, str | None]]]
    accounts = {"s1": "acme.test", "s2": "acme.test"}, {"h1": ("acme.test", None)}
    assert joined(judge(*accounts)) == set()
    assert joined(judge(*accounts, Settled(same=((f"{SF}:s1", f"{SF}:s2"),)))) == pair("s1", "s2", "h1")


def test_a_confirmed_account_that_is_gone_joins_nothing() -> None:
    assert (
        joined(judge({"s1": None}, {"h1": (None, None)}, Settled(same=((f"{SF}:gone", f"{HS}:h1"),))))
        == set()
    )


def test_one_crm_alone_has_nothing_to_join_but_what_is_confirmed() -> None:
    org = SmallOrg(org_id=SF)
    for name in ("s1", "s2", "s3"):
        org.account(name, Website="acme.test")
    assert joined(records_of(org)) == set()
    settled = Settled(same=((f"{SF}:s1", f"{SF}:s3"),))
    assert joined(records_of(org, settled=settled)) == pair("s1", "s3")


def test_what_the_record_that_stands_leaves_empty_another_crm_may_know() -> None:
    salesforce, hubspot = two_crms()
    salesforce.account("s", name="Acme", created=days_ago(9), Website="acme.test")
    hubspot.account("h", name="Acme (old)", created=days_ago(90), domain="acme.test", timezone="Asia/Tokyo")
    hubspot.rows["companies"][0] |= {"hs_ideal_customer_profile": "tier_1", "hubspot_owner_id": "o"}
    row = judge_orgs(salesforce, hubspot).account
    known = ("account_name", "account_tier", "account_timezone", "account_owner_id", "account_created_on")
    assert [row[name] for name in known] == ["Acme", "A", "Asia/Tokyo", f"{HS}:o", days_ago(90).date()]
    assert judge_orgs(hubspot, salesforce).account["account_name"] == "Acme (old)"


def test_quiet_that_was_asked_for_in_either_crm_holds() -> None:
    salesforce, hubspot = two_crms()
    salesforce.account("s", Website="acme.test", created=days_ago(30))
    salesforce.records = {"account": {"columns": {"muted_until": "CreatedDate"}}}
    hubspot.account("h", domain="acme.test", created=days_ago(-9))
    hubspot.records = {"account": {"columns": {"muted_until": "createdate"}}}
    assert judge_orgs(salesforce, hubspot).account["account_is_muted"]
