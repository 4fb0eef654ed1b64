"""Near names are proposed with what speaks for and against; what is joined, refused or far is not."""

from collections.abc import Mapping

import pytest

from rules.identity.names import LEGAL_FORMS, country_sql, name_sql, phone_sql, stem_sql
from rules.identity.proposals import Proposal, propose
from rules.identity.settled import Settled
from sync.engine.duckdb_engine import DuckDbEngine
from tests.rules.identity.two_crms import HS, SF, joined, records_of, two_crms
from tests.rules.small_org import NOTHING_SAID

Said = Mapping[str, str | None]


def proposed(salesforce: Said, hubspot: Said, settled: Settled = NOTHING_SAID) -> list[Proposal]:
    """One account in each; nothing may be joined by it."""
    orgs = two_crms()
    orgs[0].account("s", **{"name": "Harbour & Pine Ltd", **salesforce})  # type: ignore[arg-type]  # columns by name
    orgs[1].account("h", **{"name": "Harbour and Pine", **hubspot})  # type: ignore[arg-type]
    judged = records_of(*orgs, settled=settled)
    found = propose(judged.engine)
    assert not (found and joined(judged))
    return found


def plain(sql: str, text: str) -> str | None:
    with DuckDbEngine() as engine:
        (row,) = engine.query(f"select {sql} as n from (select ? as x)", [text]).to_pylist()
    found: str | None = row["n"]
    return found


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Harbour & Pine Ltd.", "harbour and pine"), ("THE HARBOUR AND PINE LIMITED", "harbour and pine"),
        ("Müller GmbH & Co. KG", "muller"), ("Foo Sp. z o.o.", "foo"), ("Novo A/S", "novo"), ("Jan & Søn ApS", "jan and son"),
        ("Société Générale S.A.", "societe generale"), ("Straße 1 e.V.", "strasse 1"), ("AG Insurance AG", "ag insurance"),
        ("O'Brien und Söhne B.V.", "obrien and sohne"), ("Limited", "limited"), ("Co Star", "co star"), (" - ", None),
    ],
)  # fmt: skip
def test_a_name_is_read_without_form_case_accents_and_signs(written: str, name: str | None) -> None:
    assert plain(name_sql("x"), written) == name


def test_every_legal_form_is_taken_off_and_stands_in_the_table_once() -> None:
    with DuckDbEngine() as engine:
        rows = engine.query(
            f"select {name_sql('x')} as n from (select 'Acme ' || upper(unnest(?)) || '.' as x)",
            [[*LEGAL_FORMS]],
        )
    assert set(rows["n"].to_pylist()) == {"acme"}
    assert len(set(LEGAL_FORMS)) == len(LEGAL_FORMS)


@pytest.mark.parametrize(
    ("sql", "written", "read"),
    [
        (country_sql("x"), "U.K.", "GB"), (country_sql("x"), "gb", "GB"), (country_sql("x"), "España", "ES"),
        (country_sql("x"), "Wakanda", "wakanda"), (country_sql("x"), "", None), (phone_sql("x"), "+44 (0)20 7946-0000", "79460000"),
        (phone_sql("x"), "112", None), (stem_sql("x"), "shop.acme.co.uk", "acme"), (stem_sql("x"), "acme.de", "acme"),
    ],
)  # fmt: skip
def test_countries_phones_and_domains_are_read_alike(sql: str, written: str, read: str | None) -> None:
    assert plain(sql, written) == read


def test_the_same_name_is_proposed_and_never_joined() -> None:
    (found,) = proposed({"BillingCountry": "UK"}, {"country": "Great Britain"})
    assert [each.account_id for each in found.accounts] == [f"{SF}:s", f"{HS}:h"]
    same = "the same words but for legal form and spelling"
    assert (found.score, found.speaks_for, found.against) == (100, (same, "same country (GB)"), ())


@pytest.mark.parametrize(
    ("salesforce", "hubspot", "says"),
    [
        ({}, {"name": "Harbor & Pine"}, "near names (97 of 100)"),
        ({}, {"name": "Pine & Harbour"}, "the same words but for legal form and spelling"),
        ({"Phone": "020 7946 0000"}, {"name": "Harbour Pine Grp", "phone": "+44 20 7946 0000"}, "same phone number"),
        ({"Website": "hp.co.uk"}, {"domain": "www.hp.com"}, "web domains differ in their ending (hp.co.uk, hp.com)"),
    ],
)  # fmt: skip
def test_what_speaks_for_a_pair_is_said(salesforce: Said, hubspot: Said, says: str) -> None:
    (found,) = proposed(salesforce, hubspot)
    assert says in found.speaks_for


@pytest.mark.parametrize(
    ("salesforce", "hubspot", "says"),
    [
        ({"BillingCountry": "DE"}, {"country": "France"}, "other countries (DE, FR)"),
        ({"Website": "harbour.test"}, {"domain": "pine.test"}, "other web domains (harbour.test, pine.test)"),
    ],
)
def test_what_speaks_against_a_pair_is_said_and_costs(salesforce: Said, hubspot: Said, says: str) -> None:
    (found,) = proposed(salesforce, hubspot)
    assert says in found.against
    assert found.score < 100


@pytest.mark.parametrize(
    ("salesforce", "hubspot"),
    [
        ({}, {"name": "Harbour Foods"}),
        ({"name": "Client 12 of ours"}, {"name": "Client 13 of ours"}),
        ({"name": None}, {"name": None}),
        ({"Website": "acme.test"}, {"domain": "acme.test"}),
        (
            {"name": "Harbour Pine Textiles", "BillingCountry": "DE"},
            {"name": "Harbor Pine Textile", "country": "FR"},
        ),
    ],
)
def test_what_is_far_or_joined_already_is_not_proposed(salesforce: Said, hubspot: Said) -> None:
    orgs = two_crms()
    orgs[0].account("s", **{"name": "Harbour & Pine Ltd", **salesforce})  # type: ignore[arg-type]
    orgs[1].account("h", **{"name": "Harbour and Pine", **hubspot})  # type: ignore[arg-type]
    assert propose(records_of(*orgs).engine) == []


@pytest.mark.parametrize("pair", [(f"{SF}:s", f"{HS}:h"), (f"{HS}:h", f"{SF}:s")])
def test_what_an_admin_refused_is_not_proposed_again(pair: tuple[str, str]) -> None:
    assert proposed({}, {}, Settled(different=(pair,))) == []


def test_two_accounts_of_one_crm_are_not_proposed() -> None:
    salesforce, hubspot = two_crms()
    for name in ("s1", "s2"):
        salesforce.account(name, name="Acme")
    hubspot.account("h", name="Something else")
    assert propose(records_of(salesforce, hubspot).engine) == []
