"""Bulk query jobs: ordered, run by the clock, fetched in pages, and what is refused."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.sandbox.salesforce.conftest import NOW, Running

SOQL = "SELECT Id, Name FROM Account"


def order(org: Running, soql: str = SOQL, **more: Any) -> str:
    """The id of a new job."""
    answer = org.call("POST", "/jobs/query", json={"operation": "query", "query": soql} | more)
    assert answer.status_code == 200, answer.text
    job: str = answer.json()["id"]
    return job


def results(org: Running, job: str, **query: Any) -> requests.Response:
    return org.call("GET", f"/jobs/query/{job}/results", params=query)


def rows(org: Running, soql: str, **more: Any) -> list[list[str]]:
    """Every row of a job's first page, the header first."""
    answer = results(org, order(org, soql, **more))
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode(), newline="")))


def state(org: Running, job: str) -> str:
    found: str = org.call("GET", f"/jobs/query/{job}").json()["state"]
    return found


@pytest.fixture
def accounts(org: Running) -> Running:
    org.dialect.load("Account", [{"Name": f"a{number:02}"} for number in range(25)])
    return org


def test_a_new_job_is_answered_in_json_whatever_is_accepted(org: Running) -> None:
    body = {"operation": "queryAll", "query": SOQL, "columnDelimiter": "PIPE", "lineEnding": "CRLF"}
    answer = org.call("POST", "/jobs/query", json=body, headers={"Accept": "text/csv; charset=UTF-8"})
    made = answer.json()
    assert made["id"].startswith("750")
    assert (made["state"], made["object"], made["apiVersion"]) == ("UploadComplete", "Account", 66.0)
    assert (made["operation"], made["columnDelimiter"], made["lineEnding"]) == ("queryAll", "PIPE", "CRLF")


def test_a_job_goes_on_by_the_clock(accounts: Running) -> None:
    accounts.world.switches.bulk_seconds = 100
    job = order(accounts)
    states = []
    for seconds in (0, 50, 101):
        accounts.world.clock.set(NOW + timedelta(seconds=seconds))
        shown = accounts.call("GET", f"/jobs/query/{job}").json()
        states.append((shown["state"], shown["numberRecordsProcessed"]))
    assert states == [("UploadComplete", 0), ("InProgress", 12), ("JobComplete", 25)]
    assert (shown["jobType"], shown["retries"], shown["totalProcessingTime"]) == ("V2Query", 0, 100_000)


def test_an_order_or_a_limit_keeps_the_vendor_from_cutting_the_query(accounts: Running) -> None:
    told = []
    for tail in ("", " ORDER BY Name", " LIMIT 3"):
        shown = accounts.call("GET", f"/jobs/query/{order(accounts, SOQL + tail)}").json()
        told.append((shown["isPkChunkingSupported"], shown["numberRecordsProcessed"]))
    assert told == [(True, 25), (False, 25), (False, 3)]


def test_values_are_written_as_the_vendor_writes_them(org: Running) -> None:
    text = 'He said "no"\r\n\0NA'
    org.dialect.load(
        "Account", [{"Name": "A", "Description": text, "AnnualRevenue": 7, "NumberOfEmployees": 3}]
    )
    fields = "Name, Description, AnnualRevenue, NumberOfEmployees, Rating, IsDeleted, CreatedDate, Owner.Name"
    answer = results(org, order(org, f"SELECT {fields} FROM Account"))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.content == (
        b'"Name","Description","AnnualRevenue","NumberOfEmployees","Rating","IsDeleted","CreatedDate","Owner.Name"\n'
        b'"A","He said ""no""\r\n\0NA","7.0","3.0","","false","2026-05-04T09:00:00.000Z","Sandbox Admin"\n'
    )


@pytest.mark.parametrize(
    ("name", "sign"), [("BACKQUOTE", "`"), ("CARET", "^"), ("TAB", "\t"), ("SEMICOLON", ";")]
)
def test_cells_and_lines_end_as_asked(accounts: Running, name: str, sign: str) -> None:
    job = order(accounts, f"{SOQL} ORDER BY Name LIMIT 1", columnDelimiter=name, lineEnding="CRLF")
    header, row, end = results(accounts, job).text.split("\r\n")
    assert (header, row.endswith(f'{sign}"a00"'), end) == (f'"Id"{sign}"Name"', True, "")


def test_hundreds_of_columns_are_one_line(org: Running) -> None:
    org.dialect.load("Wide__c", [{"Name": "w"} | {f"F{number}__c": f"v{number}" for number in range(900)}])
    header, row = rows(
        org, f"SELECT Name, {', '.join(f'F{number}__c' for number in range(900))} FROM Wide__c"
    )
    assert (len(header), row) == (901, ["w", *(f"v{number}" for number in range(900))])


def test_every_page_has_the_header_and_says_how_to_go_on(accounts: Running) -> None:
    job, locator, counts, names = order(accounts), "", [], []
    while locator != "null":
        page = results(accounts, job, maxRecords=10, **({"locator": locator} if locator else {}))
        locator = page.headers["Sforce-Locator"]
        counts.append(int(page.headers["Sforce-NumberOfRecords"]))
        header, *found = csv.reader(io.StringIO(page.text))
        names += [name for _, name in found]
        assert header == ["Id", "Name"]
    assert (counts, sorted(names)) == ([10, 10, 5], [f"a{number:02}" for number in range(25)])


def test_nothing_found_is_a_header_alone(org: Running) -> None:
    page = results(org, order(org))
    assert (page.text, page.headers["Sforce-NumberOfRecords"]) == ('"Id","Name"\n', "0")
    assert page.headers["Sforce-Locator"] == "null"


def test_a_result_is_what_was_there_when_the_job_ran(accounts: Running) -> None:
    job = order(accounts)
    accounts.create("Account", Name="later")
    gone = accounts.rows(f"{SOQL} WHERE Name = 'a00'")[0]["Id"]
    accounts.call("DELETE", f"/sobjects/Account/{gone}")
    text = results(accounts, job).text
    assert ("later" in text, gone in text) == (False, True)


def test_pages_can_be_fetched_side_by_side(accounts: Running) -> None:
    accounts.world.switches.bulk_page_rows = 4
    job = order(accounts)
    first = accounts.call("GET", f"/jobs/query/{job}/resultPages").json()
    rest = accounts.call("GET", first["nextRecordsUrl"].replace("resultPages", "resultpages")).json()
    links = [each["resultUrl"] for each in first["resultPages"] + rest["resultPages"]]
    assert (len(first["resultPages"]), first["done"], rest["done"], rest["nextRecordsUrl"]) == (
        5,
        False,
        True,
        None,
    )
    texts = [accounts.call("GET", link).text for link in reversed(links)]
    assert sum(text.count("\n") - 1 for text in texts) == 25


def test_deleted_and_archived_rows_need_query_all(accounts: Running) -> None:
    gone = accounts.rows(f"{SOQL} WHERE Name = 'a00'")[0]["Id"]
    accounts.call("DELETE", f"/sobjects/Account/{gone}")
    old = {"Subject": "old", "Status": "Completed", "ActivityDate": "2020-01-01"}
    accounts.dialect.load("Task", [old])
    for soql, shown, hidden in ((SOQL, 24, 25), ("SELECT Id, IsArchived FROM Task", 0, 1)):
        assert len(rows(accounts, soql)) == 1 + shown
        assert len(rows(accounts, soql, operation="queryAll")) == 1 + hidden


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT COUNT() FROM Account", "API_ERROR", "Aggregate functions"),
        ("SELECT MAX(Name) FROM Account", "API_ERROR", "Aggregate functions"),
        ("SELECT Rating FROM Account GROUP BY Rating", "API_ERROR", "GROUP BY"),
        ("SELECT Id FROM Account LIMIT 5 OFFSET 2", "API_ERROR", "OFFSET"),
        ("SELECT TYPEOF What WHEN Account THEN Name END FROM Task", "API_ERROR", "TYPEOF"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR", "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"),
        ("SELECT FIELDS(STANDARD) FROM Account", "API_ERROR", "Selecting compound data not supported in Bulk Query"),
        ("SELECT Id FROM TaskStatus", "INVALIDENTITY", "Entity 'TaskStatus' is not supported by the Bulk API."),
        ("SELECT Id FROM WorkOrderStatus", "INVALIDENTITY", "is not supported by the Bulk API"),
        ("SELECT Id FROM AccountChangeEvent", "API_ERROR", "API does not support query"),
        ("SELECT Foo FROM Account", "INVALID_FIELD", "No such column 'Foo' on entity 'Account'"),
        ("SELECT Id FROM Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported."),
        ("SELECT Id Account", "MALFORMED_QUERY", "unexpected token"),
        ("", "API_ERROR", "query is required"),
    ],
)  # fmt: skip
def test_what_bulk_cannot_answer_is_refused_when_it_is_ordered(
    org: Running, soql: str, code: str, words: str
) -> None:
    answer = org.call("POST", "/jobs/query", json={"operation": "query", "query": soql})
    (error,) = answer.json()
    assert (answer.status_code, error["errorCode"], words in error["message"]) == (400, code, True), error
    assert org.call("GET", "/jobs/query").json()["records"] == []


def test_what_only_looks_like_a_refused_clause_is_answered(accounts: Running) -> None:
    inside = "SELECT AccountId FROM Contact WHERE LastName = 'TYPEOF (SELECT OFFSET 5'"
    assert len(rows(accounts, f"{SOQL} WHERE Name != ' OFFSET 5' AND Id NOT IN ({inside})")) == 1 + 25


@pytest.mark.parametrize(
    "wrong",
    [
        {"operation": "insert"}, {"operation": None}, {"contentType": "JSON"}, {"columnDelimiter": ","},
        {"lineEnding": "\n"}, {"query": 7}, {"surprise": 1}, {"operation": {"name": "query"}},
    ],
)  # fmt: skip
def test_an_order_that_says_something_else_is_refused(org: Running, wrong: dict[str, Any]) -> None:
    answer = org.call("POST", "/jobs/query", json={"operation": "query", "query": SOQL} | wrong)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "API_ERROR")


def test_a_job_is_aborted_once(accounts: Running) -> None:
    accounts.world.switches.bulk_seconds = 60
    job = order(accounts)
    stop = {"json": {"state": "Aborted"}}
    assert accounts.call("PATCH", f"/jobs/query/{job}", **stop).json()["state"] == "Aborted"
    again = accounts.call("PATCH", f"/jobs/query/{job}", **stop).json()[0]
    assert again == {"errorCode": "INVALIDJOBSTATE", "message": "Aborting already Aborted Job not allowed"}
    assert results(accounts, job).json()[0]["errorCode"] == "INVALIDJOBSTATE"
    done = accounts.call("PATCH", f"/jobs/query/{job}", json={"state": "JobComplete"})
    assert done.json()[0]["errorCode"] == "INVALIDJOBSTATE"


def test_only_a_job_that_has_ended_can_be_deleted(accounts: Running) -> None:
    accounts.world.switches.bulk_seconds = 60
    job = order(accounts)
    refused = accounts.call("DELETE", f"/jobs/query/{job}")
    assert (refused.status_code, "is not terminated" in refused.json()[0]["message"]) == (400, True)
    accounts.world.clock.set(NOW + timedelta(seconds=61))
    assert accounts.call("DELETE", f"/jobs/query/{job}").status_code == 204
    assert [accounts.call("GET", f"/jobs/query/{job}{tail}").status_code for tail in ("", "/results")] == [
        404,
        404,
    ]


def test_results_wait_for_the_end_of_the_job(accounts: Running) -> None:
    accounts.world.switches.bulk_seconds = 60
    job = order(accounts)
    answer = results(accounts, job)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


@pytest.mark.parametrize(
    ("query", "status"),
    [({"locator": "!!"}, 400), ({"locator": "aGk"}, 400), ({"maxRecords": "0"}, 400), ({"maxRecords": "many"}, 400)],
)  # fmt: skip
def test_a_wrong_place_in_a_result_is_refused(accounts: Running, query: dict[str, str], status: int) -> None:
    assert results(accounts, order(accounts), **query).status_code == status


def test_a_locator_is_good_for_its_own_job_only(accounts: Running) -> None:
    jobs = [order(accounts) for _ in range(2)]
    locator = results(accounts, jobs[0], maxRecords=20).headers["Sforce-Locator"]
    answers = [results(accounts, job, locator=locator) for job in jobs for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]
    assert answers[0].content == answers[1].content


def test_results_are_kept_for_seven_days(accounts: Running) -> None:
    job = order(accounts)
    accounts.world.clock.set(NOW + timedelta(days=6, hours=23))
    assert results(accounts, job).status_code == 200
    accounts.world.clock.set(NOW + timedelta(days=7, minutes=1))
    assert (results(accounts, job).status_code, state_of_all(accounts)) == (404, [])


def state_of_all(org: Running) -> list[str]:
    return [job["state"] for job in org.call("GET", "/jobs/query").json()["records"]]


def test_a_result_is_read_in_the_version_of_its_job(accounts: Running) -> None:
    job = order(accounts)
    answers = {
        v: accounts.call("GET", f"/services/data/v{v}/jobs/query/{job}/results") for v in ("46.0", "65.0")
    }
    assert [answer.status_code for answer in answers.values()] == [404, 409]
    old = accounts.call("GET", f"/services/data/v57.0/jobs/query/{job}/resultPages")
    assert old.status_code == 404


def test_jobs_are_listed_a_thousand_at_a_time(org: Running) -> None:
    for _ in range(1001):
        order(org, "SELECT Id FROM Lead")
    first = org.call("GET", "/jobs/query").json()
    rest = org.call("GET", first["nextRecordsUrl"]).json()
    assert (len(first["records"]), first["done"]) == (1000, False)
    assert (len(rest["records"]), rest["done"], rest["nextRecordsUrl"]) == (1, True, None)
    assert org.call("GET", "/jobs/query?jobType=Classic").json()["records"] == []


def test_a_job_that_finds_too_much_times_out(accounts: Running) -> None:
    accounts.world.switches.bulk_most_rows = 20
    shown = accounts.call("GET", f"/jobs/query/{order(accounts)}").json()
    assert (shown["state"], shown["errorMessage"][:13]) == ("Failed", "QUERY_TIMEOUT")
    assert state(accounts, order(accounts, f"{SOQL} WHERE Name < 'a10'")) == "JobComplete"


def test_the_next_jobs_fail_as_told(accounts: Running) -> None:
    told = {"message": "Retried more than fifteen times", "times": 2}
    assert accounts.call("POST", "/_sandbox/salesforce/fail-jobs", json=told).json() == {"waiting": 2}
    jobs = [order(accounts) for _ in range(3)]
    assert [state(accounts, job) for job in jobs] == ["Failed", "Failed", "JobComplete"]
    assert accounts.call("GET", f"/jobs/query/{jobs[0]}").json()["errorMessage"] == told["message"]


def test_calls_and_jobs_are_counted_over_a_rolling_day(accounts: Running) -> None:
    for _ in range(3):
        order(accounts)
    left = accounts.call("GET", "/limits").json()
    assert left["DailyBulkV2QueryJobs"] == {"Max": 10_000, "Remaining": 9_997}
    assert left["DailyApiRequests"]["Remaining"] == 100_000 - 4
    accounts.world.clock.set(NOW + timedelta(hours=23, minutes=58))
    assert accounts.call("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=5/100000"
    accounts.world.clock.set(NOW + timedelta(hours=24, minutes=1))
    assert accounts.call("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=2/100000"


def test_spent_jobs_are_refused_in_the_vendors_words(accounts: Running) -> None:
    accounts.world.switches.rate_limits, accounts.world.switches.daily_bulk_jobs = True, 1
    order(accounts)
    answer = accounts.call("POST", "/jobs/query", json={"operation": "query", "query": SOQL})
    message = "Max bulk v2 query jobs (1) per 24 hrs has been reached (2)"
    assert answer.json() == [{"errorCode": "LIMIT_EXCEEDED", "message": message}]
