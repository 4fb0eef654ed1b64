"""A mapping is read, changed and compiled, or refused with its place; what an org lacks by default is told."""

from typing import Any

import pytest

from rules.columns import Column
from rules.errors import RulesError, SeveralErrors
from rules.records import RECORDS
from rules.views import objects_named
from sync.engine.duckdb_engine import DuckDbEngine
from tests.rules.small_org import NOW, SmallOrg, days_ago, default_mapping, judge_orgs, read_schemas

INVOICE: dict[str, Any] = {
    "object": "Bill__c",
    "columns": {"invoice_id": "Id", "account_id": "Client__c", "balance": "Due__c", "due_on": "On__c"},
}
BILLS = read_schemas(
    "Bill__c: Id Client__c Due__c:decimal On__c:date Kind__c Paid__c:boolean Odd.Name Number__c:decimal"
)


def test_every_field_that_the_org_has_not_is_told_record_by_record() -> None:
    records = {**bill(columns={"balance": "Dew__c"}), "account": {"columns": {"tier": "Tier__c"}}}
    org = SmallOrg(records=records)
    org.schemas |= BILLS
    with pytest.raises(SeveralErrors) as refused, DuckDbEngine() as engine:
        org.views(engine)
    assert sorted(each.place.rpartition(".records.")[2] for each in refused.value.errors) == [
        "account.columns.tier",
        "invoice.columns.balance",
    ]


def refusal(records: dict[str, Any]) -> str:
    org = SmallOrg(records=records)
    org.schemas |= BILLS
    with pytest.raises(RulesError) as refused, DuckDbEngine() as engine:
        org.views(engine)
    return str(refused.value).split("\n")[0]


def bill(**changes: Any) -> dict[str, Any]:
    columns = {**INVOICE["columns"], **changes.pop("columns", {})}
    return {"invoice": {**INVOICE, **changes, "columns": {k: v for k, v in columns.items() if v}}}


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ({"invoces": INVOICE}, "invoces: no such record; did you mean 'invoice'?"),
        ({"invoice": {}}, "invoice: is empty; name an `object`, or the columns to change in one table"),
        (
            {"invoice": [{"only": "Balance > 0"}, {"only": "Balance > 1"}]},
            "invoice: has several tables, and not one names an object; name an `object`, or the columns to change "
            "in one table",
        ),
        ({"invoice": {"where": "x"}}, "invoice.where: unknown key; there are columns, object, only, via"),
        (
            {"invoice": {**INVOICE, "only": 3}},
            "invoice.only: has another form; write a condition over the object's",
        ),
        (
            bill(object="Bil__c"),
            "invoice.object: the org has no object 'Bil__c'; did you mean 'Bill__c'? Else check that this login may read it",
        ),
        (
            bill(object="Xyz__c"),
            "invoice.object: the org has no object 'Xyz__c'; check the spelling, and that this login may read it",
        ),
        (
            bill(columns={"invoice_id": None}),
            "invoice.columns: 'invoice_id' is missing; say which field identifies invoices",
        ),
        (
            bill(columns={"account_id": None}),
            "invoice.columns: 'account_id' is missing; say under columns or via how invoices reach their client",
        ),
        (
            bill(columns={"balanced": "Due__c"}),
            "invoice.columns.balanced: invoice has no such column; did you mean 'balance'?",
        ),
        (
            bill(columns={"balance": "Dew__c"}),
            "invoice.columns.balance: the org's Bill__c has no field 'Dew__c'; did you mean 'Due__c'?",
        ),
        (
            bill(columns={"balance": "On__c"}),
            "invoice.columns.balance: 'balance' is decimal, but this is date; write an expression that gives decimal",
        ),
        (bill(only="Kind__c"), "invoice.only: "),
        (
            bill(only="Kind__c = 'a' or Pad__c"),
            "invoice.only: the org's Bill__c has no field 'Pad__c'; did you mean",
        ),
        (
            bill(via={"account_id": ["Client__c"]}),
            "invoice.via.account_id: it also stands under columns; keep one of the two",
        ),
        (
            bill(columns={"account_id": None}, via={"account_id": ["Client__c > Contact.Acount"]}),
            "invoice.via.account_id: the org has no 'Contact.Acount'; did you mean 'AccountId'?",
        ),
        (
            bill(columns={"account_id": None}, via={"account_id": ["Client__c > Contct.Id"]}),
            "invoice.via.account_id: the org has no 'Contct.Id'; mend the path 'Client__c > Contct.Id'",
        ),
        (
            bill(columns={"account_id": None}, via={"account_id": ["Clients__c"]}),
            "invoice.via.account_id: the org has no 'Clients__c'; did you mean 'Client__c'?",
        ),
        (
            {"account": {"columns": {"tier": "Tier__c"}}},
            "account.columns.tier: the org's Account has no field 'Tier__c'; there are ",
        ),
        ({"account": {"columns": {"tier": "Rating ="}}}, "account.columns.tier: the condition breaks off; "),
    ],
)
def test_a_wrong_mapping_is_told_where_and_how(records: dict[str, Any], message: str) -> None:
    assert refusal(records).startswith(f"keptword.toml: connections.sf.records.{message}")


@pytest.mark.parametrize(
    "path",
    ["", " > Contact.Id", "WhoId >", "WhoId > Contact", "Contact.Id", "a b", "'x'", 'a"b', "@", "x > @a > b"],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    message = refusal(bill(columns={"account_id": None}, via={"account_id": [path]}))
    assert "is no step of a path; write a field first, then Object.field, or @object for a link" in message


HOSTILE = 'x" or 1=1; drop table "crm_00D1"."Account" --'


@pytest.mark.parametrize(
    "records",
    [
        {"account": {"columns": {"tier": HOSTILE}}},
        {"account": {"columns": {"tier": f'"{HOSTILE.replace(chr(34), chr(34) * 2)}"'}}},
        {"account": {"only": f"Name = '' or {HOSTILE}"}},
        bill(columns={"account_id": None}, via={"account_id": [HOSTILE]}),
        bill(columns={"account_id": None}, via={"account_id": [f"@{HOSTILE}"]}),
        bill(object=HOSTILE),
    ],
)
def test_hostile_names_are_refused_before_any_sql(records: dict[str, Any]) -> None:
    assert refusal(records).startswith("keptword.toml: connections.sf.records.")


def test_odd_names_that_the_org_has_are_quoted() -> None:
    odd = 'We"ird; --'
    org = SmallOrg(org_id="o'1", records={"account": {"columns": {"tier": '"We""ird; --"'}}})
    org.schemas["Account"] = {**(org.schemas["Account"] or {}), odd: Column(name=odd, type="text")}
    values: dict[str, Any] = {odd: "A' or '1'='1"}
    org.account("it's", **values)
    facts = judge_orgs(org).account
    assert (facts["account_id"], facts["account_tier"]) == ("o'1:it's", "A' or '1'='1")


def test_a_field_that_the_org_lacks_by_default_is_empty_and_told() -> None:
    org = SmallOrg()
    for object_name, field in (("Account", "Rating"), ("Task", "CallDisposition"), ("Contact", "AccountId")):
        (org.schemas[object_name] or {}).pop(field)
    org.account()
    org.add("Task", "t1", IsClosed=True, TaskSubtype="Call", AccountId="a1", CompletedDateTime=days_ago(2))
    with DuckDbEngine() as engine:
        told = {field for view in org.views(engine) for field in view.absent_fields}
    assert told == {"Account.Rating", "Task.CallDisposition", "Contact.AccountId"}
    facts = judge_orgs(org).account
    assert (facts["account_tier"], facts["days_since_touch"]) == (None, 2)


def test_a_field_of_another_type_than_the_vendors_is_empty_and_told() -> None:
    org = SmallOrg()
    for field, kind in (("Rating", "Rating:decimal"), ("AnnualRevenue", "AnnualRevenue:text")):
        (org.schemas["Account"] or {})[field] = (read_schemas(f"x: {kind}")["x"] or {})[field]
    org.account()
    with DuckDbEngine() as engine:
        (view,) = (view for view in org.views(engine) if view.record == "account")
    assert [text.split(": ")[0] for text in view.absent_fields] == ["Account", "Account"]
    assert judge_orgs(org).account["account_tier"] is None


def test_changing_one_column_does_not_insist_on_the_others() -> None:
    org = SmallOrg(records={"account": {"columns": {"tier": "Rating"}}})
    (org.schemas["Account"] or {}).pop("Website")
    org.account(Rating="Gold")
    assert judge_orgs(org).account["account_tier"] == "Gold"


@pytest.mark.parametrize(("only", "expected"), [(None, 2), ("Rating = 'Hot'", 1)])
def test_only_narrows_the_default_source(only: str | None, expected: int) -> None:
    org = SmallOrg(records={"account": {"only": only}} if only else {})
    org.account("a1", Rating="Hot")
    org.account("a2")
    assert len(judge_orgs(org).facts["account"]) == expected


def test_a_column_written_anew_is_no_longer_reached_by_the_default_path() -> None:
    org = SmallOrg(records={"commitment": {"columns": {"account_id": "WhoId"}}})
    org.account()
    org.add(
        "Task",
        "t1",
        Subject="Promise: x",
        AccountId="a9",
        WhoId="a1",
        ActivityDate=NOW.date(),
        IsClosed=False,
    )
    assert [row["account_id"] for row in judge_orgs(org).facts["commitment"]] == ["00D1:a1"]


def test_a_path_written_anew_takes_the_place_of_the_default_column() -> None:
    org = SmallOrg(records={"incident": {"via": {"account_id": ["Subject > Contact.AccountId"]}}})
    org.account()
    org.add("Contact", "c1", AccountId="a1")
    org.add("Case", "k1", Subject="c1", AccountId="a9", CreatedDate=NOW, IsClosed=False)
    assert judge_orgs(org).account["open_incident_count"] == 1


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("Number__c", "1042"),
        ("Number__c * 10", "10420"),
        ({"words": ["'No'", "Number__c"]}, "No 1042"),
        (["Kind__c", "Number__c"], "1042"),
    ],
)
def test_a_number_becomes_text_as_people_write_it(number: Any, expected: str) -> None:
    org = SmallOrg(records=bill(columns={"number": number, "amount": "Number__c / 3"}))
    org.schemas |= BILLS
    org.account()
    org.add("Bill__c", "b1", Client__c="a1", Number__c=1042, Kind__c="")
    facts = judge_orgs(org).invoice
    assert (facts["invoice_number"], str(facts["invoice_amount"])) == (expected, "347.333333")


def test_a_number_beyond_all_decimals_has_no_value() -> None:
    org = SmallOrg(records=bill(columns={"amount": "Due__c * Due__c * Due__c * Due__c"}))
    org.schemas |= BILLS
    org.account()
    org.add("Bill__c", "b1", Client__c="a1", Due__c=10**15)
    assert judge_orgs(org).invoice["invoice_amount"] is None


def test_a_change_to_several_objects_must_fit_one_of_them() -> None:
    org = SmallOrg(records={"deal": {"columns": {"hours_sold": "Hours__c"}}})
    org.schemas["Opportunity"] = {
        **(org.schemas["Opportunity"] or {}),
        "Hours__c": Column(name="Hours__c", type="decimal"),
    }
    org.account()
    org.add("Opportunity", "o1", AccountId="a1", IsClosed=False, Hours__c=40)
    org.add("Contract", "k1", AccountId="a1", StatusCode="Activated")
    hours = [row["hours_sold"] for row in judge_orgs(org).facts["deal"]]
    assert hours == [None, 40]
    assert refusal({"deal": {"columns": {"hours_sold": "Hors__c"}}}).startswith(
        "keptword.toml: connections.sf.records.deal.columns.hours_sold: the org's Opportunity has no field 'Hors__c'"
    )


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_the_default_mapping_names_only_what_vendors_have(crm: str) -> None:
    org = SmallOrg(crm=crm)
    with DuckDbEngine() as engine:
        views = org.views(engine)
    assert objects_named(default_mapping(crm)) <= set(org.schemas)
    assert not [field for view in views for field in view.absent_fields]
    assert set(RECORDS) - {view.record for view in views} <= ({"feedback"} if crm == "salesforce" else set())


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_every_source_gives_the_records_types(crm: str) -> None:
    types = {
        "text": "VARCHAR",
        "integer": "BIGINT",
        "decimal": "DECIMAL(38,6)",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "instant": "TIMESTAMP",
    }
    with DuckDbEngine() as engine:
        for view in SmallOrg(crm=crm).views(engine):
            engine.execute(f"create or replace temp table seen as {view.sql}")
            rows = engine.query("describe seen").to_pylist()
            expected = [(column.name, types[column.type]) for column in RECORDS[view.record].columns]
            assert [(row["column_name"], row["column_type"]) for row in rows] == expected
