"""Small CRMs for tests: rows of vendor objects in a real DuckDB, judged by the production path."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

import pyarrow as pa

from rules.asked import EVERYTHING
from rules.calendar.working import WorkingTime
from rules.case import Case, Memory
from rules.columns import Column
from rules.facts import SUBJECTS
from rules.findings import Judgement
from rules.identity.settled import Settled
from rules.judge import judge
from rules.mapping import RecordSources, override_mapping, read_mapping
from rules.prepare import prepare
from rules.records import RECORDS
from rules.rule import Rule, read_rules
from rules.source_sql import SQL_TYPES, Place
from rules.views import SourceView, compile_sources
from rules.wanted import wanted_facts
from sync.engine.duckdb_engine import DuckDbEngine, quoted

SALESFORCE = """
Account: Id Name Rating Website BillingCountry Phone OwnerId AnnualRevenue:decimal CreatedDate:instant
Contact: Id AccountId Name Email Title
User: Id Name Email IsActive:boolean ManagerId Title TimeZoneSidKey UserType
Group: Id Name Type
Task: Id OwnerId Subject TaskSubtype Type Status IsClosed:boolean CallType CallDisposition CreatedDate:instant CompletedDateTime:instant ActivityDate:date AccountId WhatId WhoId Keptword_Key__c Keptword_State__c Keptword_Outcome__c
Event: Id OwnerId Subject StartDateTime:instant ActivityDate:date AccountId WhatId WhoId
EmailMessage: Id CreatedById ActivityId FromAddress Subject Status Incoming:boolean MessageDate:instant RelatedToId ParentId
Case: Id AccountId ContactId OwnerId Type Subject Priority CreatedDate:instant ClosedDate:instant IsClosed:boolean
Opportunity: Id AccountId OwnerId Name IsClosed:boolean IsWon:boolean Amount:decimal CreatedDate:instant CloseDate:date NextStep
Contract: Id AccountId OwnerId ContractNumber StatusCode CreatedDate:instant ActivatedDate:instant StartDate:date EndDate:date
Invoice: Id BillingAccountId InvoiceNumber DocumentNumber Status SettlementStatus FullSettlementDate:date Balance:decimal TotalAmountWithTax:decimal CurrencyIsoCode InvoiceDate:date DueDate:date
"""
_CALL = "id hubspot_owner_id hs_timestamp:instant"
HUBSPOT = f"""
companies: id name domain country phone salesforceaccountid hubspot_owner_id hs_ideal_customer_profile timezone annualrevenue:decimal createdate:instant
contacts: id firstname lastname email jobtitle salesforcecontactid
owners: id firstName lastName email type archived:boolean
calls: {_CALL} hs_call_title hs_call_status hs_call_direction hs_call_disposition
emails: {_CALL} hs_email_status hs_email_direction hs_email_subject hs_email_from_email
meetings: {_CALL} hs_meeting_title hs_meeting_outcome hs_meeting_start_time:instant
communications: {_CALL}
notes: {_CALL}
tasks: {_CALL} keptword_key keptword_state keptword_outcome hs_task_status hs_task_type hs_task_subject hs_createdate:instant hs_task_completion_date:instant hs_lastmodifieddate:instant
tickets: id subject hubspot_owner_id hs_ticket_category hs_ticket_priority createdate:instant closed_date:instant
invoices: id hs_number hs_invoice_status hs_amount_billed:decimal hs_balance_due:decimal hs_currency hs_invoice_date:date hs_due_date:date hs_payment_date:instant
feedback_submissions: id hs_survey_type hs_value:decimal hs_response_group hs_sentiment hs_submission_timestamp:instant hs_createdate:instant
deals: id hubspot_owner_id dealname hs_salesforceopportunityid hs_is_closed:boolean hs_is_closed_won:boolean amount:decimal createdate:instant closedate:date hs_next_step
"""
_ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(38, 6),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us"),
}


def at(text: str) -> datetime:
    """A naive UTC instant: `2026-05-13 12:00`."""
    return datetime.fromisoformat(text)


NOW = at("2026-05-13 12:00")
"""A Wednesday."""


def days_ago(count: int) -> datetime:
    """An instant so many days before the judging one."""
    return NOW - timedelta(days=count)


NOTHING_SAID = Settled()
LONDON = WorkingTime(country="GB", subdivision="ENG")

Schema = dict[str, Column]


@cache
def default_mapping(crm: str) -> RecordSources:
    """What ships with the connector."""
    text = files("connectors").joinpath(crm, "mapping.toml").read_text(encoding="utf-8")
    return read_mapping(tomllib.loads(text), place=f"connectors/{crm}/mapping.toml")


def read_schemas(text: str) -> dict[str, Schema | None]:
    """`Object: field field:type` lines; a field without a type is text."""
    schemas: dict[str, Schema | None] = {}
    for line in text.strip().splitlines():
        name, _, fields = line.partition(": ")
        pairs = [each.partition(":") for each in fields.split()]
        schemas[name] = {
            field: Column(name=field, type=kind or "text")  # type: ignore[arg-type]  # types as written above
            for field, _, kind in pairs
        }
    return schemas


@dataclass(kw_only=True)
class SmallOrg:
    """One CRM: its objects as described, and the rows that a test puts in."""

    crm: str = "salesforce"
    org_id: str = "00D1"
    records: Mapping[str, Any] = field(default_factory=dict)
    schemas: dict[str, Schema | None] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    links: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        described = read_schemas(SALESFORCE if self.crm == "salesforce" else HUBSPOT)
        self.schemas = described | self.schemas

    def add(self, object_name: str, id_: str, *, deleted: bool = False, **values: Any) -> None:
        """A row; its id stands in the vendor's own id field too."""
        key = "Id" if self.crm == "salesforce" else "id"
        row = {"_id": id_, "_deleted": deleted, key: id_, **values}
        self.rows.setdefault(object_name, []).append(row)

    def link(self, from_object: str, from_id: str, to_object: str, *to_ids: str) -> None:
        """Associations of HubSpot's."""
        made = [{"from_id": from_id, "to_id": to, "type_id": "1"} for to in to_ids]
        self.links.setdefault((from_object, to_object), []).extend(made)

    def account(
        self,
        id_: str = "a1",
        *,
        name: str = "Acme",
        created: datetime = NOW,
        live: bool = False,
        **values: Any,
    ) -> None:
        """A client in the words of either CRM, with a deal going on where it is `live`."""
        if live and self.crm == "salesforce":
            self.add("Opportunity", f"deal-{id_}", AccountId=id_, IsClosed=False)
        elif live:
            self.add("deals", f"deal-{id_}", hs_is_closed=False)
            self.link("deals", f"deal-{id_}", "companies", id_)
        if self.crm == "salesforce":
            self.add("Account", id_, Name=name, CreatedDate=created, **values)
        else:
            self.add("companies", id_, name=name, createdate=created, **values)

    def mapping(self) -> RecordSources:
        """What ships with the connector, with the test's own changes."""
        return override_mapping(
            default_mapping(self.crm), self.records, place="keptword.toml: connections.sf.records"
        )

    def views(self, engine: DuckDbEngine) -> list[SourceView]:
        """Fills the tables and compiles the mapping over them."""
        room = f"crm_{self.org_id}"
        engine.execute(f"create schema if not exists {quoted(room)}")
        views, _ = compile_sources(
            self.mapping(),
            self.schemas,
            Place(
                org_id=self.org_id,
                table=lambda name: quoted(room, name),
                links=lambda source, target: quoted(room, f"{source}>{target}"),
                objects=lambda: [name for name, columns in self.schemas.items() if columns is not None],
            ),
        )
        for name, columns in self.schemas.items():
            if columns is not None:
                self._fill(engine, quoted(room, name), columns, self.rows.get(name, []))
        for source, target in {pair for view in views for pair in view.links}:
            table = quoted(room, f"{source}>{target}")
            engine.execute(
                f"create or replace table {table} (from_id varchar, to_id varchar, type_id varchar)"
            )
            rows = self.links.get((source, target), [])
            if rows:
                engine.append(table, pa.Table.from_pylist(rows))
        return views

    def _fill(self, engine: DuckDbEngine, table: str, columns: Schema, rows: list[dict[str, Any]]) -> None:
        fields = ", ".join(f"{quoted(column.name)} {SQL_TYPES[column.type]}" for column in columns.values())
        engine.execute(f"create or replace table {table} (_id varchar, _deleted boolean, {fields})")
        typed = [(column.name, _ARROW[column.type]) for column in columns.values()]
        schema = pa.schema([("_id", pa.string()), ("_deleted", pa.bool_()), *typed])
        if rows:
            engine.append(table, pa.Table.from_pylist(rows, schema=schema))


def org_without(*objects: str, **options: Any) -> SmallOrg:
    """A CRM that does not have these objects."""
    org = SmallOrg(**options)
    org.schemas |= dict.fromkeys(objects)
    return org


class Facts(Mapping[str, list[dict[str, Any]]]):
    """Subject -> its rows in the order of the judged instants and of their ids, one of each; read when asked for."""

    def __init__(self, judged: "Judged") -> None:
        self._judged = judged

    def __getitem__(self, subject: str) -> list[dict[str, Any]]:
        return _facts(self._judged.made({subject: EVERYTHING[subject]}), [subject])[subject]

    def __iter__(self) -> Iterator[str]:
        return iter(SUBJECTS)

    def __len__(self) -> int:
        return len(SUBJECTS)


@dataclass(kw_only=True)
class Judged:
    """A judging that is prepared and carried out as far as its answers are asked for: most tests look at a fact or two."""

    case: Case
    rules: Mapping[str, Rule]
    bare: DuckDbEngine
    """With the CRMs' tables in it."""
    every: Mapping[str, frozenset[str]]
    """The facts that `engine` has."""
    _made: dict[str, frozenset[str]] | None = None
    _zones: tuple[str, ...] = ()
    _alone: dict[str, Judgement] = field(default_factory=dict)

    def made(self, facts: Mapping[str, frozenset[str]]) -> DuckDbEngine:
        """The engine with these facts, and those that were asked for before."""
        before = self._made or {}
        wanted = {
            name: before.get(name, frozenset()) | facts.get(name, frozenset()) for name in {*before, *facts}
        }
        if wanted != self._made:
            self._zones = prepare(self.bare, self.case, facts=wanted)
            self._made = wanted
        return self.bare

    @property
    def engine(self) -> DuckDbEngine:
        """With everything made."""
        return self.made(self.every)

    @property
    def zones_unknown(self) -> tuple[str, ...]:
        """Time zones of the CRMs' records that nobody knows."""
        self.made({})
        return self._zones

    @property
    def facts(self) -> Facts:
        """The facts of every subject."""
        return Facts(self)

    @cached_property
    def judgement(self) -> Judgement:
        """What the rules find."""
        return judge(self.engine, self.case, self.rules.values())

    @property
    def account(self) -> dict[str, Any]:
        """The only account."""
        (row,) = self.facts["account"]
        return row

    def only(self, subject: str) -> dict[str, Any]:
        """The only row of a subject."""
        (row,) = self.facts[subject]
        return row

    @property
    def invoice(self) -> dict[str, Any]:
        """The only invoice."""
        (row,) = self.facts["invoice"]
        return row

    def alone(self, rule: str) -> Judgement:
        """What one rule finds, as a run judges it: on the facts that it wants, and without a look at other rules."""
        if rule not in self._alone:
            rules = [self.rules[rule]]
            self._alone[rule] = judge(self.made(wanted_facts(rules)), self.case, rules)
        return self._alone[rule]

    def found(self, rule: str) -> list[str]:
        """The subjects of a rule's findings, but for the clean-up list."""
        return [each.subject_id for each in self.alone(rule).findings if not each.is_old]

    def clean_up(self, rule: str) -> list[str]:
        """The subjects for which a rule holds too long already."""
        return [each.subject_id for each in self.alone(rule).findings if each.is_old]


def compile_orgs(
    *orgs: SmallOrg,
    now: datetime = NOW,
    timezone: str = "Europe/London",
    unavailable: Mapping[str, str] | None = None,
    absent: Sequence[str] = (),
    working: WorkingTime = LONDON,
    email_is_logged: bool = False,
    memory: Memory | None = None,
    earlier: Sequence[datetime] = (),
    clock: Literal["client", "owner", "company"] = "client",
    settled: Settled = NOTHING_SAID,
) -> tuple[DuckDbEngine, Case]:
    """Compiles as a run does; a record that no org feeds is absent. The engine is the caller's."""
    engine = DuckDbEngine()
    try:
        views = [view for org in orgs for view in org.views(engine)]
        unfed = set(RECORDS) - {view.record for view in views}
        case = Case(
            sources=views,
            unavailable={name: f"no {name}" for name in unfed} | dict(unavailable or {}),
            absent=frozenset(unfed) | frozenset(absent),
            as_of=now,
            earlier=earlier,
            timezone=timezone,
            working=working,
            clock=clock,
            email_is_logged=email_is_logged,
            memory=memory or Memory(),
            settled=settled,
        )
    except BaseException:
        engine.close()
        raise
    return engine, case


@contextmanager
def prepared(
    *orgs: SmallOrg, facts: Mapping[str, frozenset[str]] = EVERYTHING, **options: Any
) -> Iterator[tuple[DuckDbEngine, Case, tuple[str, ...]]]:
    """Prepared as a run does, for a `with`; further options as of compile_orgs()."""
    engine, case = compile_orgs(*orgs, **options)
    with engine:
        yield engine, case, prepare(engine, case, facts=facts)


def tell(*orgs: SmallOrg, about: Iterable[str] = SUBJECTS, **options: Any) -> dict[str, list[dict[str, Any]]]:
    """The facts alone, as `Judged` has them; options as of compile_orgs()."""
    about = tuple(about)
    asked = {subject: EVERYTHING[subject] for subject in about}
    with prepared(*orgs, facts=asked, **options) as (engine, _, _):
        return _facts(engine, about)


@cache
def built_in() -> Mapping[str, Rule]:
    """The rules of the catalogue, as they come."""
    return read_rules({}, [], place="keptword.toml")


def judge_orgs(
    *orgs: SmallOrg,
    overrides: Mapping[str, Any] | None = None,
    own: Sequence[Mapping[str, Any]] = (),
    facts: Mapping[str, frozenset[str]] = EVERYTHING,
    **options: Any,
) -> Judged:
    """Judges as a run does, once somebody asks; options as of compile_orgs()."""
    rules = read_rules(overrides or {}, own, place="keptword.toml") if overrides or own else built_in()
    engine, case = compile_orgs(*orgs, **options)
    return Judged(bare=engine, case=case, rules=rules, every=facts)


def _facts(engine: DuckDbEngine, about: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    facts = {
        name: engine.query(f"select * from fact_{name} order by judged_at, {name}_id").to_pylist()
        for name in about
    }
    for name, rows in facts.items():
        keys = Counter((row["judged_at"], row[f"{name}_id"]) for row in rows)
        assert max(keys.values(), default=1) == 1, f"one row each: {keys.most_common(1)}"
    return facts
