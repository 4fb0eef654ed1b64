"""What goes wrong with Salesforce in real life, and that a read survives it: the numbers of the table of failures."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from connectors.connector import Chunk
from connectors.errors import LoginRefused, QuotaSpent, Refused, Stale, Temporary
from tests.connectors.salesforce.conftest import ACCOUNTS, ALL_SUBJECTS, CASES, OLD, Connect
from tests.connectors.salesforce.reading import ask, jobs_left, subjects, table
from tests.sandbox_process import RunningSandbox

JOBS, RESULTS, QUERIES = r"/jobs/query/?$", r"/results$", r"\.0/query(All)?/?$"
HTML = "<!doctype html><html><body><h1>Request Header Fields Too Large</h1></body></html>"
SINCE = datetime.fromisoformat(OLD[:19])


def refusal(code: str, message: str = "no", status: int = 400) -> dict[str, Any]:
    return {"status": status, "body": [{"errorCode": code, "message": message}]}


def all_of(chunks: list[Chunk]) -> bool:
    """Whether every case came, and none twice."""
    found = subjects(chunks)
    return len(found) == CASES and set(found) == ALL_SUBJECTS


def fail_jobs(sandbox: RunningSandbox, message: str, times: int = 1) -> None:
    sandbox.post("/_sandbox/salesforce/fail-jobs", {"message": message, "times": times})


def test_01_a_login_that_stays_refused_ends_after_two_requests(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org)
    request = ask(connector, "Case", "Subject")
    big_org.forget()
    big_org.fault({"match": {"path": "/services/data"}, **refusal("INVALID_SESSION_ID", status=401)})
    with pytest.raises(LoginRefused):
        list(connector.read(request))
    assert len(big_org.journal(path="/services/data")) == 2


def test_02_a_page_is_its_rows_and_the_header_is_none(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    read = list(connector.read(ask(connector, "Case", "Subject")))
    assert all_of(read)
    assert {len(record_id) for chunk in read for record_id in chunk.rows["_id"].to_pylist()} == {18}


def test_03_a_job_brings_archived_activities(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    assert subjects(list(connector.read(ask(connector, "Task", "Subject")))) == ["an old call"]
    (order,) = big_org.journal(method="POST", path=JOBS, bodies=True)
    assert '"operation":"queryAll"' in order["request_body"]


@pytest.mark.parametrize("kept", [1, 3])
def test_04_a_session_that_ends_in_the_middle_is_renewed(
    big_org: RunningSandbox, connect: Connect, kept: int
) -> None:
    connector = connect(big_org)
    reading = connector.read(ask(connector, "Case", "Subject"))
    first = list(islice(reading, kept))
    big_org.post("/_sandbox/salesforce/expire", {})
    assert all_of([*first, *reading])


def test_04_a_session_that_has_ended_in_the_words_of_the_bulk_api_is_renewed(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org)
    ended = {
        "exceptionCode": "InvalidSessionId",
        "exceptionMessage": "Unable to find session from session id",
    }
    big_org.fault({"match": {"path": "/jobs/query", "nth": [2, 4]}, "status": 400, "body": ended})
    assert all_of(list(connector.read(ask(connector, "Case", "Subject"))))


@pytest.mark.parametrize("way", ["pages", "job"])
def test_05_more_records_of_one_stamp_than_pages_come_once_each(
    big_org: RunningSandbox, connect: Connect, way: str
) -> None:
    if way == "pages":
        big_org.fault({"match": {"method": "POST", "path": JOBS}, **refusal("INVALIDENTITY")})
    big_org.fault({"match": {"path": r"/query/01g", "nth": [3, 7]}, **refusal("INVALID_QUERY_LOCATOR")})
    connector = connect(big_org)
    assert all_of(list(connector.read(ask(connector, "Case", "Subject", since=SINCE))))


def test_06_a_record_that_is_committed_late_with_an_older_stamp_is_in_the_overlap(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org)
    read_at = connector.probe().server_now
    late = {
        "object": "Account",
        "at": f"{read_at - timedelta(minutes=5)}Z",
        "records": [{"Name": "Late Ltd"}],
    }
    big_org.post("/_sandbox/salesforce/commit", late)
    request = ask(connector, "Account", "Name", since=read_at - timedelta(minutes=10))
    assert [name for chunk in connector.read(request) for name in chunk.rows["Name"].to_pylist()] == [
        "Late Ltd"
    ]


@pytest.mark.parametrize("status", [414, 431])
def test_07_a_query_that_is_too_long_for_something_on_the_way_becomes_a_job(
    big_org: RunningSandbox, connect: Connect, status: int
) -> None:
    connector = connect(big_org)
    big_org.fault({"match": {"path": QUERIES}, "status": status, "body": HTML})
    assert all_of(list(connector.read(ask(connector, "Case", "Subject", expected=1))))


def test_07_a_query_that_is_too_long_everywhere_is_refused_in_words(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org)
    big_org.fault({"match": {"path": QUERIES}, "status": 431, "body": HTML})
    big_org.fault({"match": {"path": JOBS}, **refusal("FEATURENOTENABLED")})
    with pytest.raises(Refused, match=r"431 .* an HTML page"):
        list(connector.read(ask(connector, "Case", "Subject", expected=1)))


@pytest.mark.parametrize(
    "message",
    [
        "QUERY_TIMEOUT: Your query request was running for too long.",
        "InternalServerError : Retried more than 15 times",
        "InvalidBatch : Failed to process query: OPERATION_TOO_LARGE: exceeded 100000 distinct ids",
    ],
)
@pytest.mark.parametrize("times", [1, 3])
def test_08_a_job_that_is_too_big_is_cut_in_parts(
    big_org: RunningSandbox, connect: Connect, message: str, times: int
) -> None:
    fail_jobs(big_org, message, times)
    connector = connect(big_org)
    assert all_of(list(connector.read(ask(connector, "Case", "Subject"))))
    assert len(big_org.journal(method="POST", path=JOBS)) == 2 * times + 1
    assert jobs_left(connector) == []


def test_08_parts_are_cut_until_each_is_small_enough(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    big_org.switch(bulk_most_rows=5000)
    reading = connector.read(ask(connector, "Case", "Subject"))
    first = list(islice(reading, 4))
    later = connect(big_org)
    rest = list(later.read(ask(later, "Case", "Subject", resume=first[-1].resume)))
    big_org.switch(bulk_most_rows=0)
    assert all_of([*first, *rest])


def test_08_what_cannot_be_cut_ends_the_read_in_words(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    big_org.switch(bulk_most_rows=100)
    with pytest.raises(Temporary, match=r"Case .*running for too long.*not in parts either"):
        list(connector.read(ask(connector, "Case", "Subject", since=SINCE)))
    big_org.switch(bulk_most_rows=0)


def test_08_a_job_that_fails_for_no_known_reason_is_tried_once_more(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org)
    fail_jobs(big_org, "UNKNOWN_EXCEPTION: 123-456 (7)")
    assert all_of(list(connector.read(ask(connector, "Case", "Subject"))))
    fail_jobs(big_org, "UNKNOWN_EXCEPTION: 123-456 (7)", times=2)
    with pytest.raises(Temporary, match="UNKNOWN_EXCEPTION"):
        list(connector.read(ask(connector, "Case", "Subject")))


@pytest.mark.parametrize(
    "fault",
    [
        refusal("INVALIDENTITY", "Entity 'Case' is not supported by the Bulk API."),
        refusal("API_ERROR", "Selecting compound data not supported in Bulk Query"),
        refusal("FEATURENOTENABLED", "Bulk API is not enabled", status=403),
        refusal("LIMIT_EXCEEDED", "Max bulk v2 query jobs (10000) per 24 hrs has been reached (10001)"),
    ],
)
def test_09_what_no_job_brings_comes_by_pages(
    big_org: RunningSandbox, connect: Connect, fault: dict[str, Any]
) -> None:
    connector = connect(big_org)
    big_org.fault({"match": {"method": "POST", "path": JOBS}, **fault})
    assert all_of(list(connector.read(ask(connector, "Case", "Subject"))))
    assert all_of(list(connector.read(ask(connector, "Case", "Subject"))))
    assert len(big_org.journal(method="POST", path=JOBS)) == 1


@pytest.mark.parametrize("message", ["INVALIDENTITY: Case", "FeatureNotEnabled : Bulk", "compound data"])
def test_09_what_a_job_fails_to_bring_comes_by_pages(
    big_org: RunningSandbox, connect: Connect, message: str
) -> None:
    fail_jobs(big_org, message)
    connector = connect(big_org)
    assert all_of(list(connector.read(ask(connector, "Case", "Subject"))))


@pytest.mark.parametrize(("name", "field"), [("TaskStatus", "MasterLabel"), ("Account", "BillingAddress")])
def test_09_a_job_is_not_even_tried_for_what_is_known_to_be_refused(
    big_org: RunningSandbox, connect: Connect, name: str, field: str
) -> None:
    connector = connect(big_org)
    assert list(connector.read(ask(connector, name, field)))
    assert not big_org.journal(path="/jobs/query")


def test_10_line_ends_and_texts_of_any_length_come_as_they_are(
    big_org: RunningSandbox, connect: Connect
) -> None:
    text = 'a "quoted" word,\r\nand another\n\n' + "é🙂" * 15_000
    record = {"Id": ACCOUNTS[3], "Description": text}
    at = "2024-05-01T08:00:00Z"
    big_org.post("/_sandbox/salesforce/commit", {"object": "Account", "at": at, "records": [record]})
    connector = connect(big_org)
    by_job, by_pages = (
        table(list(connector.read(ask(connector, "Account", "Description", expected=n)))) for n in (10**6, 1)
    )
    assert by_job.equals(by_pages)
    assert text in by_job["Description"].to_pylist()


@pytest.mark.parametrize("action", [{"truncate": True}, {"reset": True}, {"commit_and_drop": True}])
@pytest.mark.parametrize("version", ["57.0", "66.0"])
def test_11_a_download_that_breaks_is_begun_again(
    big_org: RunningSandbox, connect: Connect, action: dict[str, Any], version: str
) -> None:
    connector = connect(big_org, api_version=version)
    big_org.fault({"match": {"path": RESULTS, "nth": [1, 3, 4]}, **action})
    assert all_of(list(connector.read(ask(connector, "Case", "Subject"))))


def test_11_a_download_that_stays_broken_is_gone_on_with_later(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org, api_version="57.0")
    big_org.fault({"match": {"path": RESULTS, "nth": list(range(3, 9))}, "truncate": True})
    kept: list[Chunk] = []
    with pytest.raises(Temporary):
        kept.extend(connector.read(ask(connector, "Case", "Subject")))
    assert 0 < len(subjects(kept)) < CASES
    big_org.delete("/_sandbox/faults")
    rest = list(connector.read(ask(connector, "Case", "Subject", resume=kept[-1].resume)))
    assert all_of([*kept, *rest])


def test_11_fewer_records_than_a_page_promised_are_no_page(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    short = (
        f'"Id","IsDeleted","SystemModstamp","MasterRecordId","Subject"\n"{ACCOUNTS[0]}","false","","","x"\n'
    )
    told = {"Content-Type": "text/csv", "Sforce-NumberOfRecords": "2", "Sforce-Locator": "null"}
    fault = {"match": {"path": RESULTS, "times": 2}, "status": 200, "body": short, "headers": told}
    big_org.fault(fault)
    assert all_of(list(connector.read(ask(connector, "Case", "Subject"))))
    big_org.fault({**fault, "match": {"path": RESULTS}})
    with pytest.raises(Temporary, match="1 of 2 records"):
        list(connector.read(ask(connector, "Case", "Subject")))


@pytest.mark.parametrize("version", ["57.0", "66.0"])
@pytest.mark.parametrize("fault", [refusal("NOT_FOUND", status=404), refusal("API_ERROR", "Invalid locator")])
def test_12_a_second_page_that_is_not_there_is_no_success(
    big_org: RunningSandbox, connect: Connect, version: str, fault: dict[str, Any]
) -> None:
    connector = connect(big_org, api_version=version)
    big_org.fault({"match": {"path": RESULTS, "nth": 2}, **fault})
    kept: list[Chunk] = []
    with pytest.raises(Stale, match="does not know the next page"):
        kept.extend(connector.read(ask(connector, "Case", "Subject")))
    assert len(subjects(kept)) < CASES


def test_12_a_last_page_that_comes_too_early_is_no_success(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org, api_version="57.0")
    none = {"Content-Type": "text/csv", "Sforce-NumberOfRecords": "0", "Sforce-Locator": "null"}
    header = '"Id","IsDeleted","SystemModstamp","MasterRecordId","Subject"\n'
    big_org.fault({"match": {"path": RESULTS, "nth": 3}, "status": 200, "body": header, "headers": none})
    with pytest.raises(Stale, match=f"8000 of the {CASES} records"):
        list(connector.read(ask(connector, "Case", "Subject")))


@pytest.mark.parametrize("status", [406, 420, 503])
@pytest.mark.parametrize("path", [JOBS, r"/jobs/query/\w+$", "/resultPages", RESULTS])
def test_13_an_edge_that_answers_without_a_body_is_asked_again(
    big_org: RunningSandbox, connect: Connect, status: int, path: str
) -> None:
    connector = connect(big_org)
    big_org.fault({"match": {"path": path, "nth": [1, 2]}, "status": status})
    assert all_of(list(connector.read(ask(connector, "Case", "Subject"))))
    assert big_org.get("/_sandbox/faults")["faults"][0]["struck"] == 2


@pytest.mark.parametrize("status", [406, 420, 503])
def test_13_pages_are_asked_for_again_too(big_org: RunningSandbox, connect: Connect, status: int) -> None:
    connector = connect(big_org)
    big_org.fault({"match": {"path": QUERIES, "nth": 1}, "status": status})
    assert len(table(list(connector.read(ask(connector, "Contact", "LastName", expected=1))))) == 210


@pytest.mark.parametrize("way", ["pages", "job"])
def test_14_a_read_leaves_other_programs_their_calls_and_goes_on_when_there_are_more(
    big_org: RunningSandbox, connect: Connect, way: str
) -> None:
    if way == "pages":
        big_org.fault({"match": {"method": "POST", "path": JOBS}, **refusal("INVALIDENTITY")})
    connector = connect(big_org, quota_share=0.5)
    request = ask(connector, "Case", "Subject")
    used = 100_000 - (connector.calls_left() or 0)
    big_org.switch(daily_api_calls=2 * (used + 6))
    kept: list[Chunk] = []
    with pytest.raises(QuotaSpent, match="for other programs"):
        kept.extend(connector.read(request))
    big_org.switch(daily_api_calls=100_000)
    assert len(big_org.journal(path="/services/data")) <= 9
    later = connect(big_org)
    rest = list(later.read(ask(later, "Case", "Subject", resume=kept[-1].resume)))
    assert all_of([*kept, *rest])
