"""Rules that no CRM feeds as it is delivered are judged once their fields are mapped as their files show."""

import re
import tomllib
from datetime import timedelta
from typing import Any

import pytest

from rules.columns import Column
from rules.records import RECORDS
from rules.rule import catalogue_files
from rules.rule_pages import mapping_example
from tests.rules.small_org import (
    HUBSPOT,
    NOW,
    SALESFORCE,
    SmallOrg,
    days_ago,
    default_mapping,
    judge_orgs,
    read_schemas,
)

CRMS = {"sf": ("salesforce", SALESFORCE), "hs": ("hubspot", HUBSPOT)}
SHOWN = [
    (rule, connection)
    for rule, text in catalogue_files().items()
    if (shown := mapping_example(text))
    for connection in tomllib.loads(shown[1])["connections"]
]

FIELDS = """
Account: Id Name Rating OwnerId CreatedDate:instant Goals__c Decision_Maker__c Success_Measure__c Known_Risks__c
Case: Id AccountId ContactId OwnerId Type Subject Priority CreatedDate:instant ClosedDate:instant IsClosed:boolean Impact_Shared__c:instant
Opportunity: Id AccountId OwnerId Name IsClosed:boolean IsWon:boolean Amount:decimal CloseDate:date CreatedDate:instant NextStep Pitfalls_Discussed__c:instant
"""


def found(rule: str, fill: dict[str, dict[str, Any]]) -> list[str]:
    """What the rule finds of a key client, with its file's own mapping, once these rows are added: object -> values."""
    example = mapping_example(catalogue_files()[rule])
    assert example
    config = tomllib.loads(example[1])
    org = SmallOrg(schemas=read_schemas(FIELDS), records=config["connections"]["sf"]["records"])
    account = {"Rating": "Hot", "OwnerId": "u1", **fill.pop("Account", {})}
    org.account(created=days_ago(60), live=True, **account)
    for name, values in fill.items():
        org.add(name, f"new-{name}", AccountId="a1", **values)
    return judge_orgs(org, overrides=config.get("rules", {})).found(rule)


CHANGE = {
    "Type": "Change Request",
    "Subject": "A second language",
    "IsClosed": False,
    "CreatedDate": days_ago(9),
}
WON = {
    "IsClosed": True, "IsWon": True, "CloseDate": NOW.date() - timedelta(days=14), "CreatedDate": days_ago(50),
}  # fmt: skip
KNOWN = {"Goals__c": "x", "Decision_Maker__c": "x", "Success_Measure__c": "x"}


@pytest.mark.parametrize(
    ("rule", "fill", "expected"),
    [
        ("scope-change-unanswered", {"Case": CHANGE}, ["00D1:new-Case"]),
        ("scope-change-unanswered", {"Case": {**CHANGE, "Impact_Shared__c": days_ago(1)}}, []),
        ("scope-change-unanswered", {"Case": {**CHANGE, "Type": "Problem", "Priority": "High"}}, []),
        ("kick-off-without-pitfalls-talk", {"Opportunity": WON}, ["00D1:new-Opportunity"]),
        (
            "kick-off-without-pitfalls-talk",
            {"Opportunity": {**WON, "Pitfalls_Discussed__c": days_ago(3)}},
            [],
        ),
        ("discovery-incomplete", {"Account": KNOWN}, ["00D1:a1"]),
        ("discovery-incomplete", {"Account": {**KNOWN, "Known_Risks__c": "x"}}, []),
        ("discovery-incomplete", {"Account": {**KNOWN, "Rating": "Warm"}}, []),
    ],
)
def test_a_mapped_rule_finds_what_it_is_about(
    rule: str, fill: dict[str, dict[str, Any]], expected: list[str]
) -> None:
    assert found(rule, dict(fill)) == expected


def org_that_has(crm: str, objects: str, records: dict[str, Any]) -> SmallOrg:
    """A CRM as it is delivered, and the fields that a mapping names: in the first object that feeds the record."""
    schemas = read_schemas(objects)
    for record, written in records.items():
        for table in written if isinstance(written, list) else [written]:
            name = table.get("object") or default_mapping(crm)[record][0].object
            fields = dict(schemas.get(name) or read_schemas("X: Id")["X"] or {})
            for column, field in table["columns"].items():
                known = RECORDS[record].column(column)
                if known and re.fullmatch(r"\w+", field):
                    fields.setdefault(field, Column(name=field, type=known.type))
            schemas[name] = fields
    return SmallOrg(crm=crm, schemas=schemas, records=records)


@pytest.mark.parametrize(("rule", "connection"), SHOWN)
def test_a_mapping_that_a_rule_shows_feeds_it(rule: str, connection: str) -> None:
    shown = mapping_example(catalogue_files()[rule])
    assert shown
    config = tomllib.loads(shown[1])
    org = org_that_has(*CRMS[connection], config["connections"][connection]["records"])
    org.account(created=days_ago(60), live=True)
    unknown = judge_orgs(org, overrides=config.get("rules", {})).alone(rule).unknown
    assert [each.reason for each in unknown if each.subject_id is None] == []
