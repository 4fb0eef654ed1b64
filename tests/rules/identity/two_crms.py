"""A Salesforce and a HubSpot for tests of who is who."""

from collections.abc import Sequence
from typing import Any

from tests.rules.small_org import Judged, SmallOrg, days_ago, judge_orgs

SF, HS = "00D1", "77"
LONG, SHORT = "001AAAAAAAAAAAAEAQ", "001AAAAAAAAAAAA"


def two_crms() -> tuple[SmallOrg, SmallOrg]:
    """Both empty."""
    return SmallOrg(org_id=SF), SmallOrg(crm="hubspot", org_id=HS)


def one_client(**values: Any) -> tuple[SmallOrg, SmallOrg]:
    """A live client that both have, told by its web domain: `s` in Salesforce and `h` in HubSpot."""
    salesforce, hubspot = two_crms()
    salesforce.account("s", name="Acme", created=days_ago(90), live=True, Website="acme.test", **values)
    hubspot.account("h", name="Acme", created=days_ago(90), live=True, domain="acme.test")
    return salesforce, hubspot


def records_of(*orgs: SmallOrg, **options: Any) -> Judged:
    """Their records, each client once, and who is who; no fact is made of them."""
    return judge_orgs(*orgs, facts={}, **options)


def joined(judged: Judged) -> set[frozenset[str]]:
    """The records of each client that has several."""
    rows = judged.engine.query("select account_id, client_id from same_client").to_pylist()
    clients: dict[str, set[str]] = {}
    for row in rows:
        clients.setdefault(row["client_id"], {row["client_id"]}).add(row["account_id"])
    return {frozenset(each) for each in clients.values()}


def ids(*names: str) -> Sequence[str]:
    """`s1` in Salesforce, `h1` in HubSpot, with their orgs."""
    return [f"{SF if name.startswith(('s', '0')) else HS}:{name}" for name in names]
