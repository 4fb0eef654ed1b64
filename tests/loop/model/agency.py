"""The agency that the model-based test plays with: five clients, three colleagues, four rules and a config that people change."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from rules.rule import catalogue_files
from tests.loop.house import Client, Row, write_files
from tests.loop.hubspot_files import hubspot_files
from tests.loop.salesforce_files import salesforce_files

MODES = ("sf", "sf-body", "hs", "hs-search")
"""Salesforce with our fields and without them; HubSpot whose key is unique and HubSpot that allows no unique property."""

CLIENTS = (
    Client(name="Alder", touches=(("call", 24),), promise_due=3, invoice_due=10),
    Client(name="Birch", touches=(("call", 4),), invoice_due=30),
    Client(name="Cedar", owner="igor", touches=(("call", 30),)),
    Client(name="Dogwood", owner="igor", touches=(("call", 2),), promise_due=-5, invoice_due=5, invoice_paid=True),
    Client(name="Elm", owner="sam", touches=(), promise_due=40),
)  # fmt: skip
NAMES = tuple(client.name for client in CLIENTS)
STAFF = ("rita", "igor", "sam")
"""Sam is the others' manager and the fallback, and stays."""

QUIET_DAYS, LATE_DAYS, VERY_LATE_DAYS = 14, 3, 20
REPEAT_DAYS, DISMISSED_DAYS, SNOOZE_DAYS = 10, 40, 14
GRACE, CLEAN_UP = 1, 20
"""Business days of a missed commitment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the model has to know of a rule."""

    severity: str = "normal"
    is_touch: bool = False
    """Who ticks its task off has called."""
    before: str = ""
    """The rule that gives way to it."""


RULES: Mapping[str, Kind] = {
    "quiet": Kind(is_touch=True),
    "missed-commitment": Kind(severity="high", is_touch=True),
    "bill-late": Kind(severity="low"),
    "bill-very-late": Kind(severity="high", before="bill-late"),
}

_OWN = """
[[rule]]
name = "quiet"
about = "account"
when = "days_since_touch > {quiet_days}"
occurrence = ["last_touch_at"]
repeat_after = "{repeat} days"
dismissed_for = "{dismissed} days"
settle = "{settle} days"
mode = "{quiet}"
task = {{ subject = "Call {{account_name}}", body = "No word to {{account_name}} since {{last_touch_on}}.\\n{{account_name}} waits.", kind = "call", alone = {alone} }}
[[rule]]
name = "bill-late"
about = "invoice"
when = "is_unpaid and days_overdue > {late_days}"
occurrence = ["invoice_id", "due_on"]
severity = "{severity}"
repeat_after = "{repeat} days"
dismissed_for = "{dismissed} days"
mode = "{bill_late}"
task = {{ subject = "Ask {{account_name}} about {{invoice_number}}", body = "Invoice {{invoice_number}} was due on {{due_on}}." }}
[[rule]]
name = "bill-very-late"
about = "invoice"
when = "is_unpaid and days_overdue > {very_late_days}"
occurrence = ["invoice_id", "due_on"]
severity = "high"
inhibits = ["bill-late"]
repeat_after = "{repeat} days"
dismissed_for = "{dismissed} days"
mode = "{bill_very_late}"
task = {{ subject = "Talk with {{account_name}} about {{invoice_number}}", body = "Invoice {{invoice_number}} is unpaid since {{due_on}}." }}
[rules.missed-commitment]
mode = "{missed_commitment}"
repeat_after = "{repeat} days"
dismissed_for = "{dismissed} days"
"""
_HEAD = """
mode = "{mode}"
[company]
email_is_logged = false
timezone = "Europe/London"
calendar = {{ country = "GB", subdivision = "ENG", hours = "09:00-17:30" }}
[tasks]
fallback = "sam@acme.example"
away = [{away}]
[pull]
vanished_at_least = 1000
[limits]
new_per_run = {new_per_run}
new_per_owner = {{ day = 500, week = 500, open = 500 }}
close_share = 0.0
close_at_least = {close_at_least}
reassign_at_least = 500
"""
_AWAY = '{{ person = "{person}@acme.example", first = 2026-01-01, last = 2026-12-31{cover} }}'
_SF = """
[connections.sf]
crm = "salesforce"
login = {{ kind = "client_credentials", domain = "keptword.my", key = "env:SF_KEY", secret = "env:SF_SECRET" }}
login_url = "{url}"
ca_file = "{ca}"
task_marks = "{marks}"
[connections.sf.records]
activity = {activity}
contact = {{ object = "Bill__c", only = "Id is null", columns = {{ contact_id = "Id", account_id = "Id" }} }}
incident = {{ object = "Bill__c", only = "Id is null", columns = {{ incident_id = "Id", account_id = "Id" }} }}
deal = {{ object = "Bill__c", only = "Id is null", columns = {{ deal_id = "Id", account_id = "Id" }} }}
[connections.sf.records.invoice]
object = "Bill__c"
columns = {{ invoice_id = "Id", account_id = "Account__c", number = "Name", balance = "Balance__c", due_on = "Due__c", status = "case when Balance__c > 0 then 'open' else 'paid' end", is_disputed = "false" }}
"""
_HS = """
[connections.hs]
crm = "hubspot"
login = {{ kind = "token", token = "env:HUBSPOT_TOKEN" }}
api_url = "{url}"
ca_file = "{ca}"
pace = 10000
[connections.hs.records]
activity = {activity}
contact = {{ object = "invoices", only = "id is null", columns = {{ contact_id = "id", account_id = "id" }} }}
incident = {{ object = "invoices", only = "id is null", columns = {{ incident_id = "id", account_id = "id" }} }}
deal = {{ object = "invoices", only = "id is null", columns = {{ deal_id = "id", account_id = "id" }} }}
feedback = {{ object = "invoices", only = "id is null", columns = {{ feedback_id = "id", account_id = "id" }} }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What the config says that people change in the course of a story."""

    modes: Mapping[str, str]
    """Rule -> off, report or task."""
    severity: str = "low"
    """Of bill-late."""
    alone: bool = False
    """Whether quiet has tasks of its own."""
    settle_days: int = 0
    """Of quiet."""
    preview: bool = False
    new_per_run: int = 500
    close_at_least: int = 500
    away: frozenset[str] = frozenset()
    cover: str = ""
    """Who stands in for them."""

    @classmethod
    def at_first(cls) -> "Habits":
        """Everything on, nothing held back."""
        return cls(modes=dict.fromkeys(RULES, "task"))

    def with_mode(self, rule: str, mode: str) -> "Habits":
        """The same with another mode of one rule."""
        return replace(self, modes={**self.modes, rule: mode})

    def severity_of(self, rule: str) -> str:
        """How pressing its findings are."""
        return self.severity if rule == "bill-late" else RULES[rule].severity

    def written(self, mode: str, *, url: str, ca: str) -> str:
        """keptword.toml for one of MODES."""
        cover = f', cover = "{self.cover}@acme.example"' if self.cover else ""
        head = _HEAD.format(
            mode="preview" if self.preview else "write",
            away=", ".join(_AWAY.format(person=person, cover=cover) for person in sorted(self.away)),
            new_per_run=self.new_per_run,
            close_at_least=self.close_at_least,
        )
        own = _OWN.format(
            quiet_days=QUIET_DAYS, late_days=LATE_DAYS, very_late_days=VERY_LATE_DAYS, repeat=REPEAT_DAYS,
            dismissed=DISMISSED_DAYS, settle=self.settle_days, alone=str(self.alone).lower(), severity=self.severity,
            **{rule.replace("-", "_"): said for rule, said in self.modes.items()},
        )  # fmt: skip
        off = "".join(f'[rules.{name}]\nmode = "off"\n' for name in catalogue_files() if name not in RULES)
        marks = "body" if mode == "sf-body" else "fields"
        crm = (_SF if mode.startswith("sf") else _HS).format(
            url=url, ca=ca, marks=marks, activity=_calls(mode)
        )
        return "\n".join((head, off, crm, own))


@cache
def _calls(mode: str) -> str:
    """The shipped mapping of activities, as far as this agency keeps any: fewer objects make quicker runs."""
    crm, kept, path = (
        ("salesforce", ("Task",), "WhatId > Account.Id")
        if mode.startswith("sf")
        else ("hubspot", ("calls", "tasks"), "@companies")
    )
    shipped = tomllib.loads(files("connectors").joinpath(crm, "mapping.toml").read_text("utf-8"))
    sources = [each for each in shipped["activity"] if each["object"] in kept]
    return f"[{', '.join(_toml({**each, 'via': {'account_id': [path]}}) for each in sources)}]"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value)


def files_of_the_agency(folder: Path) -> Path:
    """The agency as data files for both CRMs: everybody is at work, and Salesforce's invoices are an object of its own."""
    tables = salesforce_files(CLIENTS) | hubspot_files(CLIENTS)
    for row in tables["User"]:
        row["IsActive"] = "true"
    for row in tables["owners"]:
        row["archived"] = "false"
    tables["Bill__c"] = [_bill(row) for row in tables.pop("Invoice")]
    return write_files(folder, tables)


def _bill(row: Row) -> Row:
    return {
        "Id": row["Id"], "Account__c": row["BillingAccountId"], "Name": row["InvoiceNumber"],
        "Balance__c": "0.00" if row["Balance"] == "0" else "1200.00", "Due__c": row["DueDate"],
    }  # fmt: skip
