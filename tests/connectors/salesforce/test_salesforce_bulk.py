"""Big objects come by query jobs: the same records, the same values, and on from where a read stopped."""

from datetime import datetime
from itertools import islice, takewhile

import pytest

from connectors.errors import Stale
from tests.connectors.salesforce.conftest import ALL_SUBJECTS, CASES, OLD, Connect, wide_fields
from tests.connectors.salesforce.reading import ask, jobs_left, subjects, table
from tests.sandbox_process import RunningSandbox


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
    assert subjects(read) == [f"case {n}" for n in range(CASES)]
    assert len(big_org.journal(path="/resultPages")) == 2
    assert jobs_left(connector) == []


def test_pages_come_one_by_one_where_an_old_version_offers_no_more(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org, api_version="57.0")
    assert set(subjects(list(connector.read(ask(connector, "Case", "Subject"))))) == ALL_SUBJECTS
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
    assert {*subjects(first), *subjects(rest)} == ALL_SUBJECTS
    assert sum(len(chunk.rows) for chunk in [*first, *rest]) == CASES
    assert not big_org.journal(method="POST", path="/jobs/query")


def test_a_job_is_removed_only_once_what_it_brought_is_kept(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org)
    before = jobs_left(connector)
    read = connector.read(ask(connector, "Case", "Subject"))
    chunks = list(takewhile(lambda chunk: not chunk.keep_now, read))
    assert set(subjects(chunks)) == ALL_SUBJECTS
    assert len(jobs_left(connector)) == len(before) + 1
    assert list(read) == []
    assert jobs_left(connector) == before
    assert list(connector.read(ask(connector, "Case", "Subject", resume=chunks[-1].resume))) == []


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
    assert set(subjects(rest)) == ALL_SUBJECTS
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
    assert set(subjects(read)) == ALL_SUBJECTS
    assert len(big_org.journal(path="/queryAll")) == 1


def test_more_fields_than_an_address_holds_come_by_a_job(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    request = ask(connector, "Case", "Subject", *wide_fields(connector), expected=1)
    read = list(connector.read(request))
    assert set(subjects(read)) == ALL_SUBJECTS
    assert set(table(read)["Account.Name"].to_pylist()) == {"Client 0 🙂"}
    assert big_org.journal(path="/jobs/query")
