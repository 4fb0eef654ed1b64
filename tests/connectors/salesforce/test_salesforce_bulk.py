"""Big objects come by query jobs: the same records, the same values, and on from where a read stopped."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.connector import Chunk, ReadRequest
from connectors.errors import Stale
from connectors.salesforce.connector import SalesforceConnector
from tests.connectors.salesforce.conftest import ACCOUNTS, NOW, OLD, Connect, wide_fields
from tests.sandbox_process import RunningSandbox, start_sandbox

MANY = 1_000_000
"""A count that makes a query job worth while, whatever there is."""
CASES = 26_000
"""More than are fetched as one page."""


@pytest.fixture(scope="module")
def big_org(org_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """An org with many cases of one stamp, whose jobs give pages of 4,000."""
    folder = tmp_path_factory.mktemp("big")
    for name in ("Account", "Contact"):
        (folder / f"{name}.csv").write_bytes((org_data / f"{name}.csv").read_bytes())
    ids = [f"500000000{n:06d}AAA" for n in range(CASES)]
    subjects = [f"case {n}" for n in range(CASES)]
    days = [f"2023-{1 + n % 12:02d}-05T10:00:00.000+0000" for n in range(CASES)]
    cases = {"Id": ids, "Subject": subjects, "AccountId": [ACCOUNTS[0]] * CASES, "CreatedDate": days}
    pq.write_table(pa.table(cases | {"SystemModstamp": [OLD] * CASES}), folder / "Case.parquet")
    with start_sandbox("--data", str(folder), "--now", NOW, "--set", "bulk_page_rows=4000") as running:
        yield running


@pytest.fixture(autouse=True)
def quiet(big_org: RunningSandbox) -> None:
    """Each test sees its own requests only."""
    big_org.forget()


def ask(connector: SalesforceConnector, name: str, *fields: str, **given: object) -> ReadRequest:
    schema = connector.describe(name)
    assert schema is not None
    return ReadRequest(**({"schema": schema, "fields": fields, "expected": MANY} | given))  # type: ignore[arg-type]


def table(chunks: list[Chunk]) -> pa.Table:
    """The rows as a reader keeps them: by id, the last of each."""
    rows = pa.concat_tables([chunk.rows for chunk in chunks]).to_pylist()
    return pa.Table.from_pylist(
        sorted({row["_id"]: row for row in rows}.values(), key=lambda row: str(row["_id"])),
        schema=chunks[0].rows.schema,
    )


def jobs_left(connector: SalesforceConnector) -> list[str]:
    """The jobs that the org still keeps."""
    listed = connector.calls.json(connector.calls.get("jobs/query"))
    return [job["id"] for job in listed["records"]]


def subjects(chunks: list[Chunk]) -> set[str]:
    return {subject for chunk in chunks for subject in chunk.rows["Subject"].to_pylist()}


ALL_SUBJECTS = {f"case {n}" for n in range(CASES)}


@pytest.mark.parametrize("name", ["Account", "Contact"])
def test_a_job_brings_what_pages_bring(big_org: RunningSandbox, connect: Connect, name: str) -> None:
    connector = connect(big_org)
    schema = connector.describe(name)
    assert schema is not None
    fields = [each for each in schema.fields if not each.endswith(("Address", "PhotoUrl"))]
    by_pages = list(connector.read(ask(connector, name, *fields, "Owner.Name", expected=1)))
    assert not big_org.journal(path="/jobs/query")
    by_job = list(connector.read(ask(connector, name, *fields, "Owner.Name")))
    assert big_org.journal(path="/jobs/query")
    assert table(by_job).equals(table(by_pages))
    assert [chunk.oddities for chunk in by_job if chunk.oddities] == []


def test_pages_are_fetched_at_once_and_come_in_order(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    read = list(connector.read(ask(connector, "Case", "Subject")))
    assert [s for chunk in read for s in chunk.rows["Subject"].to_pylist()] == [
        f"case {n}" for n in range(CASES)
    ]
    assert len(big_org.journal(path="/resultPages")) == 2
    assert jobs_left(connector) == []


def test_pages_come_one_by_one_where_an_old_version_offers_no_more(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org, api_version="57.0")
    assert subjects(list(connector.read(ask(connector, "Case", "Subject")))) == ALL_SUBJECTS
    assert not big_org.journal(path="/resultPages")


@pytest.mark.parametrize("version", ["57.0", "66.0"])
@pytest.mark.parametrize("kept", [1, 2, 3, 6, 8])
def test_a_read_that_was_cut_off_goes_on_with_its_job(
    big_org: RunningSandbox, connect: Connect, version: str, kept: int
) -> None:
    connector = connect(big_org, api_version=version)
    request = ask(connector, "Case", "Subject")
    first = list(islice(connector.read(request), kept))
    big_org.forget()
    later = connect(big_org, api_version=version)
    rest = list(later.read(ask(later, "Case", "Subject", resume=first[-1].resume)))
    assert subjects(first) | subjects(rest) == ALL_SUBJECTS
    assert sum(len(chunk.rows) for chunk in [*first, *rest]) == CASES
    assert not big_org.journal(method="POST", path="/jobs/query")


def test_a_job_that_has_not_ended_is_gone_on_with(big_org: RunningSandbox, connect: Connect) -> None:
    big_org.switch(bulk_seconds=1.0)
    connector = connect(big_org)
    (nothing,) = islice(connector.read(ask(connector, "Case", "Subject")), 1)
    assert (len(nothing.rows), nothing.rows.column_names) == (
        0,
        ["_id", "_deleted", "_changed_at", "Subject"],
    )
    rest = list(connector.read(ask(connector, "Case", "Subject", resume=nothing.resume)))
    big_org.switch(bulk_seconds=0.0)
    assert subjects(rest) == ALL_SUBJECTS
    assert len(big_org.journal(method="POST", path="/jobs/query$")) == 1


def test_a_job_that_is_gone_is_told(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    (first,) = islice(connector.read(ask(connector, "Case", "Subject")), 1)
    for job in jobs_left(connector):
        connector.calls.order("DELETE", f"jobs/query/{job}")
    with pytest.raises(Stale):
        list(connector.read(ask(connector, "Case", "Subject", resume=first.resume)))


@pytest.mark.parametrize("resume", ["", "[]", "{}", '{"bulk": {}}', '{"tape": {"reel": 1}}', "soon"])
def test_a_resume_that_nobody_knows_is_stale(big_org: RunningSandbox, connect: Connect, resume: str) -> None:
    connector = connect(big_org)
    with pytest.raises(Stale):
        list(connector.read(ask(connector, "Case", "Subject", resume=resume or " ")))


def test_a_big_delta_is_found_out_and_comes_by_a_job(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    since = datetime.fromisoformat(OLD[:19])
    read = list(connector.read(ask(connector, "Case", "Subject", since=since, expected=None)))
    assert subjects(read) == ALL_SUBJECTS
    assert len(big_org.journal(path="/queryAll")) == 1


def test_more_fields_than_an_address_holds_come_by_a_job(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    request = ask(connector, "Case", "Subject", *wide_fields(connector), expected=1)
    read = list(connector.read(request))
    assert subjects(read) == ALL_SUBJECTS
    assert set(read[-1].rows["Account.Name"].to_pylist()) == {"Client 0 🙂"}
    assert big_org.journal(path="/jobs/query")
