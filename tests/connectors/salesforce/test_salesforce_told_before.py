from datetime import datetime

from connectors.connector import ReadRequest
from tests.connectors.salesforce.conftest import Connect
from tests.sandbox_process import RunningSandbox


def test_what_an_earlier_process_was_told_is_not_asked_again_to_read_changes(
    org: RunningSandbox, connect: Connect
) -> None:
    schema = connect(org).describe("Account")
    assert schema is not None
    request = ReadRequest(schema=schema, fields=("Name",), since=datetime(2000, 1, 1))
    later = connect(org)
    rows = sum(len(chunk.rows) for chunk in later.read(request))
    assert (rows, later.calls_made()) == (300, {"login": 1, "read": 1})


def test_a_read_that_a_job_could_do_asks_whether_its_fields_fit_into_one(
    org: RunningSandbox, connect: Connect
) -> None:
    schema = connect(org).describe("Account")
    assert schema is not None
    later = connect(org)
    request = ReadRequest(schema=schema, fields=("Name", "BillingAddress"), expected=100_000)
    chunks = list(later.read(request))
    assert sum(len(chunk.rows) for chunk in chunks) == 299
    assert later.calls_made() == {"login": 1, "read": 2}
