"""One client in two CRMs is judged as one, and only when there is no doubt."""

import pytest

from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, Judged, SmallOrg, days_ago, judge_orgs, org_without


def two_orgs(first: list[str | None], second: list[str | None]) -> tuple[SmallOrg, SmallOrg]:
    """A Salesforce and a HubSpot with a client for each web address."""
    salesforce, hubspot = SmallOrg(), SmallOrg(crm="hubspot", org_id="77")
    for number, website in enumerate(first):
        salesforce.account(
            f"s{number}", name="In Salesforce", created=days_ago(90), live=True, Website=website
        )
    for number, domain in enumerate(second):
        hubspot.account(f"h{number}", name="In HubSpot", created=days_ago(90), live=True, domain=domain)
    return salesforce, hubspot


def clients(judged: Judged) -> list[str]:
    return [row["account_id"] for row in judged.facts["account"]]


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("acme.test", "acme.test"),
        ("https://www.Acme.test/about?x=1#y", "acme.test"),
        ("HTTP://ACME.TEST:8080", " www.acme.test. "),
    ],
)
def test_the_same_web_domain_is_one_client(website: str, domain: str) -> None:
    assert clients(judge_orgs(*two_orgs([website], [domain]))) == ["00D1:s0"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["acme.test", "www.acme.test"], ["acme.test"]),
        (["acme.test"], ["acme.test", "acme.test"]),
        (["gmail.com"], ["gmail.com"]),
        (["https://facebook.com/acme"], ["facebook.com"]),
        (["n/a"], ["n/a"]),
        (["none"], ["none"]),
        ([""], [""]),
        ([None], [None]),
        (["shop.acme.test"], ["acme.test"]),
    ],
)
def test_a_doubt_joins_nothing(first: list[str | None], second: list[str | None]) -> None:
    assert len(clients(judge_orgs(*two_orgs(first, second)))) == len(first) + len(second)


def test_the_connection_that_is_named_first_stands_for_the_client() -> None:
    salesforce, hubspot = two_orgs(["acme.test"], ["acme.test"])
    judged = judge_orgs(hubspot, salesforce)
    assert (judged.account["account_id"], judged.account["account_name"]) == ("77:h0", "In HubSpot")


@pytest.mark.parametrize("caller", ["salesforce", "hubspot"])
def test_a_touch_in_either_crm_counts(caller: str) -> None:
    salesforce, hubspot = two_orgs(["acme.test"], ["acme.test"])
    assert judge_orgs(salesforce, hubspot).found("stale-contact") == ["00D1:s0"]
    if caller == "salesforce":
        salesforce.add("EmailMessage", "x", RelatedToId="s0", MessageDate=NOW)
    else:
        hubspot.add("calls", "x", hs_timestamp=NOW)
        hubspot.link("calls", "x", "companies", "h0")
    assert judge_orgs(salesforce, hubspot).found("stale-contact") == []


def test_an_incident_in_one_crm_meets_the_invoice_in_the_other() -> None:
    salesforce, hubspot = two_orgs(["acme.test"], ["acme.test"])
    salesforce.add("Case", "k1", AccountId="s0", IsClosed=False, CreatedDate=days_ago(9))
    due = days_ago(6).date()
    hubspot.add("invoices", "i1", hs_invoice_status="open", hs_balance_due=100, hs_due_date=due)
    hubspot.link("invoices", "i1", "companies", "h0")
    (finding,) = (
        each
        for each in judge_orgs(salesforce, hubspot).judgement.findings
        if each.rule == "invoice-after-incident"
    )
    assert (finding.subject_id, finding.account_id) == ("77:i1", "00D1:s0")


NO_ACTIVITY = ("calls", "emails", "meetings", "communications", "notes", "tasks")


def test_a_crm_that_shows_no_activity_is_unknown_and_the_other_is_judged() -> None:
    blind = org_without(*NO_ACTIVITY, crm="hubspot", org_id="77")
    seeing = SmallOrg()
    for org in (blind, seeing):
        org.account("quiet", created=days_ago(90), live=True)
    judged = judge_orgs(seeing, blind)
    assert judged.found("stale-contact") == ["00D1:quiet"]
    unknown = [each for each in judged.judgement.unknown if each.rule == "stale-contact"]
    assert [(each.org_id, each.reason) for each in unknown] == [("77", "org 77 shows no activity")]


def test_a_client_that_another_crm_sees_too_is_judged_by_that() -> None:
    blind = org_without(*NO_ACTIVITY, crm="hubspot", org_id="77")
    seeing = SmallOrg()
    blind.account("h", created=days_ago(90), live=True, domain="acme.test")
    seeing.account("s", created=days_ago(90), live=True, Website="acme.test")
    assert judge_orgs(blind, seeing).found("stale-contact") == ["77:h"]


def test_of_a_record_that_a_crm_lacks_no_column_is_named_besides() -> None:
    org, other = client(), client(PlainOrg(org_id="77"), "h1")
    other.without = frozenset({"feedback"})
    org.unfed = frozenset({"incident.severity"})
    unknown = judge_orgs(org, other).judgement.unknown
    reasons = {(each.rule, each.org_id): each.reason for each in unknown}
    assert reasons["feedback-unanswered", "77"] == "org 77 shows no feedback"
    assert reasons["repeat-incidents", "00D1"] == "org 00D1 shows no incident.severity"
