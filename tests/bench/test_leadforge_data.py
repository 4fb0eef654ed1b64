"""The shaped data says what leadforge says: nothing lost, nothing added, and a touch can still be told apart."""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.leadforge_data import CRMS, FILES, HOUSE_ACCOUNT, Crm, shape
from tests.leadforge_truth import accounts_without_activity, stale_accounts, touches_by_account

TODAY = date(2024, 5, 1)

# What counts as a touch in each CRM, and the way from it to the account.
TOUCHES: Mapping[Crm, str] = {
    "salesforce": """
        with who as (select Id, AccountId from Contact), touch as (
            select WhatId, WhoId, CompletedDateTime as at_noon from Task
            where Status = 'Completed' and (TaskSubtype in ('Email', 'LinkedIn')
                or TaskSubtype = 'Call' and CallDisposition not in ('No answer', 'Left voicemail'))
            union all
            select WhatId, WhoId, StartDateTime from Event
            where not starts_with(Subject, 'Canceled:') and not starts_with(Subject, 'No show:'))
        select coalesce(WhatId, AccountId), max(at_noon)::date, count(*) from touch left join who on who.Id = WhoId group by 1
    """,
    "hubspot": """
        with touch as (
            select 'calls' as kind, id, hs_timestamp from calls
            where hs_call_status = 'COMPLETED' and hs_call_disposition = 'f240bbac-87c9-4f6e-bf70-924b57d47db7'
            union all select 'emails', id, hs_timestamp from emails where hs_email_status = 'SENT'
            union all select 'meetings', id, hs_meeting_start_time from meetings where hs_meeting_outcome = 'COMPLETED'
            union all select 'communications', id, hs_timestamp from communications),
        direct as (select from_type, from_id, to_id from associations where to_type = 'companies'),
        persons as (
            select a.from_type, a.from_id, c.to_id from associations a
            join direct c on c.from_type = 'contacts' and c.from_id = a.to_id where a.to_type = 'contacts')
        select coalesce(d.to_id, p.to_id), max(hs_timestamp)::date, count(*) from touch
        left join direct d on d.from_type = kind and d.from_id = id
        left join persons p on p.from_type = kind and p.from_id = id group by 1
    """,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """leadforge's tables, the folder of shaped files, and the row counts that shape() gave."""

    tables: Path
    shaped: Path
    counts: Mapping[str, int]

    def rows(self, name: str) -> list[dict[str, Any]]:
        return list(pq.read_table(self.shaped / f"{name}.parquet").to_pylist())


@pytest.fixture(scope="module")
def bundle(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("leadforge")
    counts = {
        name: count for crm in CRMS for name, count in shape(tables, folder / "shaped", crm=crm).items()
    }
    return Bundle(tables=tables, shaped=folder / "shaped", counts=counts)


@pytest.fixture
def engine(bundle: Bundle) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as engine:
        for name in bundle.counts:
            engine.register(name, pq.read_table(bundle.shaped / f"{name}.parquet"))
        yield engine


def test_every_source_row_is_in_both_crms(bundle: Bundle) -> None:
    counts = bundle.counts
    assert counts["Account"] == counts["companies"] == 1_500
    assert counts["Contact"] == counts["contacts"] == 4_200
    assert counts["Opportunity"] == counts["deals"] == 4_641
    assert counts["Task"] + counts["Event"] == 60_739 + 54_803
    kinds = ("calls", "emails", "meetings", "communications", "notes")
    assert sum(counts[name] for name in kinds) == 60_739 + 54_803


def test_the_counts_are_those_of_the_files(bundle: Bundle) -> None:
    held = {path.stem: pq.read_metadata(path).num_rows for path in bundle.shaped.iterdir()}
    assert held == bundle.counts


def test_an_account_belongs_to_whoever_has_most_of_its_leads(bundle: Bundle) -> None:
    leads: dict[str, Counter[str]] = defaultdict(Counter)
    for lead in pq.read_table(bundle.tables / "leads.parquet").to_pylist():
        leads[lead["account_id"]][lead["owner_rep_id"]] += 1
    wanted = {account: min(reps, key=lambda rep: (-reps[rep], rep)) for account, reps in leads.items()}
    for name, key, owner in (("Account", "Id", "OwnerId"), ("companies", "id", "hubspot_owner_id")):
        held = {row[key]: row[owner] for row in bundle.rows(name)}
        assert held == {account: wanted.get(account, HOUSE_ACCOUNT) for account in held}


def test_220_accounts_without_leads_belong_to_the_house_account(bundle: Bundle) -> None:
    assert sum(row["OwnerId"] == HOUSE_ACCOUNT for row in bundle.rows("Account")) == 220


@pytest.mark.parametrize("crm", CRMS)
def test_no_touch_is_lost_and_none_is_added(
    bundle: Bundle, engine: duckdb.DuckDBPyConnection, crm: Crm
) -> None:
    held = {account: (last, count) for account, last, count in engine.execute(TOUCHES[crm]).fetchall()}
    assert held == touches_by_account(bundle.tables)


def test_tiers_are_said_in_each_crms_own_way(bundle: Bundle) -> None:
    ratings = Counter(row["Rating"] for row in bundle.rows("Account"))
    profiles = Counter(row["hs_ideal_customer_profile"] for row in bundle.rows("companies"))
    assert ratings == {"Hot": 145, "Warm": 363, "Cold": 992}
    assert profiles == {"tier_1": 145, "tier_2": 363, "tier_3": 992}


def test_no_link_leads_nowhere(bundle: Bundle, engine: duckdb.DuckDBPyConnection) -> None:
    ids = {
        (name, row["id"]) for name in FILES["hubspot"] if name != "associations" for row in bundle.rows(name)
    }
    links = engine.execute("select from_type, from_id, to_type, to_id from associations").fetchall()
    assert {(kind, key) for kind, key, _, _ in links} | {(kind, key) for _, _, kind, key in links} <= ids
    tasks = engine.execute("select count(*) from Task anti join Contact c on c.Id = WhoId").fetchone()
    assert tasks == (0,)


def test_ids_and_keys_are_unique_and_present(bundle: Bundle) -> None:
    for name in bundle.counts.keys() - {"associations"}:
        ids = [row.get("Id", row.get("id")) for row in bundle.rows(name)]
        assert None not in ids
        assert len(set(ids)) == len(ids), name


@pytest.mark.parametrize(
    "name", sorted({*FILES["salesforce"], *FILES["hubspot"]} - {"User", "owners", "associations"})
)
def test_instants_are_noon_utc_or_half_an_hour_later(bundle: Bundle, name: str) -> None:
    rows = pq.read_table(bundle.shaped / f"{name}.parquet")
    instants = [field.name for field in rows.schema if pa.types.is_timestamp(field.type)]
    assert instants
    for instant in instants:
        times = {value.time() for value in rows[instant].unique().to_pylist()}
        assert times <= {time(12, 0), time(12, 30)}


def test_221_accounts_were_never_touched_and_all_are_stale(bundle: Bundle) -> None:
    stale = stale_accounts(bundle.tables, TODAY)
    silent = accounts_without_activity(bundle.tables)
    assert len(silent) == 221
    assert silent == {account for account, (_, last_touch, _) in stale.items() if last_touch is None}
    assert Counter(tier for tier, _, _ in stale.values()) == {"A": 98, "B": 120, "C": 185}


@pytest.mark.parametrize(
    "name", sorted({*FILES["salesforce"], *FILES["hubspot"]} - {"User", "owners", "associations"})
)
def test_no_record_was_changed_before_it_was_made_or_after_the_data_ends(bundle: Bundle, name: str) -> None:
    rows = pq.read_table(bundle.shaped / f"{name}.parquet").to_pylist()
    for row in rows:
        made = row.get("CreatedDate") or row.get("createdate") or row["hs_createdate"]
        changed = row.get("SystemModstamp") or row.get("hs_lastmodifieddate") or row["lastmodifieddate"]
        assert made <= changed < datetime(2024, 5, 1)


def test_the_same_data_comes_every_time(bundle: Bundle, tmp_path: Path) -> None:
    shape(bundle.tables, tmp_path, crm="salesforce")
    for name in FILES["salesforce"]:
        assert (tmp_path / f"{name}.parquet").read_bytes() == (bundle.shaped / f"{name}.parquet").read_bytes()


def test_the_program_writes_the_files_of_the_chosen_crm_only(tmp_path: Path) -> None:
    program = Path(__file__).parents[2] / "bench" / "leadforge_data.py"
    command = (sys.executable, str(program), str(tmp_path), "--crm", "hubspot")
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    assert {path.stem for path in tmp_path.iterdir()} == set(FILES["hubspot"])
    assert "companies" in answer.stdout
