"""Real clients read by Bulk query: simple-salesforce, page by page and into files."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from simple_salesforce.bulk2 import ColumnDelimiter, LineEnding, SFBulk2Type
from simple_salesforce.exceptions import SalesforceOperationError

from tests.sandbox.salesforce.conftest import Running

SOQL = "SELECT Id, Name FROM Account"


@pytest.fixture
def accounts(org: Running) -> Running:
    org.dialect.load("Account", [{"Name": f"a,{number}\n"} for number in range(2500)])
    return org


def bulk(org: Running) -> SFBulk2Type:
    """The client's Bulk side; what it is named after does not matter to queries."""
    found: SFBulk2Type = getattr(org.client().bulk2, "Account")  # noqa: B009 - the client makes it when asked
    return found


def names(page: str | int, **options: Any) -> list[str]:
    return [row["Name"] for row in csv.DictReader(io.StringIO(str(page), newline=""), **options)]


def test_every_page_is_read(accounts: Running) -> None:
    pages = list(bulk(accounts).query(SOQL, max_records=1000, wait=0))
    assert [len(names(page)) for page in pages] == [1000, 1000, 500]


def test_deleted_rows_come_with_query_all(accounts: Running) -> None:
    gone = accounts.rows(f"{SOQL} LIMIT 1")[0]["Id"]
    accounts.call("DELETE", f"/sobjects/Account/{gone}")
    (page,) = bulk(accounts).query_all(SOQL, wait=0)
    assert len(names(page)) == 2500


def test_other_delimiters_are_read(accounts: Running) -> None:
    (page,) = bulk(accounts).query(
        SOQL, column_delimiter=ColumnDelimiter.PIPE, line_ending=LineEnding.CRLF, wait=0
    )
    assert len(names(page, delimiter="|")) == 2500


def test_results_are_downloaded_into_files(accounts: Running, tmp_path: Path) -> None:
    found = bulk(accounts).download(SOQL, str(tmp_path), max_records=2000, wait=0)
    texts = [Path(each["file"]).read_text("utf-8") for each in found]
    assert [each["number_of_records"] for each in found] == [2000, 500]
    assert sum(len(names(text)) for text in texts) == 2500


def test_a_failed_job_is_told(accounts: Running) -> None:
    accounts.call("POST", "/_sandbox/salesforce/fail-jobs", json={"message": "OPERATION_TOO_LARGE"})
    with pytest.raises(SalesforceOperationError, match="OPERATION_TOO_LARGE"):
        list(bulk(accounts).query(SOQL, wait=0))
