"""Pages of a long answer, and the locators that lead on."""

from datetime import timedelta

import pytest

from tests.sandbox.salesforce.conftest import NOW, Running

SOQL = "SELECT Id, Subject FROM Task ORDER BY Subject"


@pytest.fixture
def many(org: Running) -> Running:
    org.dialect.load("Task", [{"Subject": f"{number:05}"} for number in range(4500)])
    return org


def test_the_real_client_reads_every_page_in_order(many: Running) -> None:
    answer = many.client().query_all(SOQL)
    assert [record["Subject"] for record in answer["records"]] == [f"{number:05}" for number in range(4500)]


def test_a_page_says_how_many_there_are_and_where_to_go_on(many: Running) -> None:
    first = many.call("GET", "/query/", params={"q": SOQL, "columns": "true"}).json()
    second = many.call("GET", first["nextRecordsUrl"]).json()
    third = many.call("GET", second["nextRecordsUrl"]).json()
    assert first["nextRecordsUrl"].startswith("/services/data/v66.0/query/01g")
    assert [page["totalSize"] for page in (first, second, third)] == [4500] * 3
    assert [(page["done"], len(page["records"])) for page in (first, second, third)] == [
        (False, 2000),
        (False, 2000),
        (True, 500),
    ]
    assert "nextRecordsUrl" not in third


@pytest.mark.parametrize(("asked", "given"), [("200", 200), ("500", 500), ("1", 200), ("9999", 2000)])
def test_the_page_size_is_brought_into_the_vendors_bounds(many: Running, asked: str, given: int) -> None:
    headers = {"Sforce-Query-Options": f"batchSize={asked}"}
    page = many.call("GET", "/query", params={"q": SOQL}, headers=headers).json()
    assert len(page["records"]) == given
    assert page["nextRecordsUrl"].endswith(f"-{given}")


def test_rows_that_come_later_are_not_in_an_open_cursor(many: Running) -> None:
    first = many.call("GET", "/query", params={"q": SOQL}).json()
    many.create("Task", Subject="00000a")
    rest = many.call("GET", first["nextRecordsUrl"]).json()
    assert rest["totalSize"] == 4500
    assert rest["records"][0]["Subject"] == "02000"


@pytest.mark.parametrize("locator", ["01g000000000000AAA-2000", "nonsense"])
def test_an_unknown_locator_is_refused(org: Running, locator: str) -> None:
    answer = org.call("GET", f"/query/{locator}")
    assert answer.json() == [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}]


def test_the_oldest_of_eleven_cursors_is_dropped(many: Running) -> None:
    urls = [many.call("GET", "/query", params={"q": SOQL}).json()["nextRecordsUrl"] for _ in range(11)]
    assert [many.call("GET", url).status_code for url in urls] == [400] + [200] * 10


def test_a_cursor_lives_two_days(many: Running) -> None:
    url = many.call("GET", "/query", params={"q": SOQL}).json()["nextRecordsUrl"]
    many.world.clock.set(NOW + timedelta(days=2, minutes=1))
    assert many.call("GET", url).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
