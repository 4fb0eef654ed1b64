"""Versions, paths, methods and limits of the Salesforce side."""

from tests.sandbox.salesforce.conftest import Running


def test_versions_are_listed_without_a_token(served: Running) -> None:
    versions = served.call("GET", "/services/data").json()
    assert versions[0] == {"label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0"}
    assert versions[-1] == {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"}


def test_resources_are_listed(org: Running) -> None:
    resources = org.call("GET", "/services/data/v66.0").json()
    assert resources["query"] == "/services/data/v66.0/query"
    assert resources["sobjects"] == "/services/data/v66.0/sobjects"


def test_a_retired_version_is_gone_and_an_unknown_one_not_found(org: Running) -> None:
    assert org.call("GET", "/services/data/v30.0/limits").status_code == 410
    answer = org.call("GET", "/services/data/v99.0/limits")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_an_unknown_path_is_refused_in_the_vendors_words(org: Running) -> None:
    answer = org.call("GET", "/nowhere")
    assert answer.status_code == 404
    assert answer.json() == [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


def test_a_wrong_method_is_refused_with_the_right_ones(org: Running) -> None:
    answer = org.call("PUT", "/sobjects/Account")
    assert answer.status_code == 405
    assert answer.json()[0]["errorCode"] == "METHOD_NOT_ALLOWED"
    assert "GET,POST" in answer.json()[0]["message"]


def test_every_answer_counts_the_calls(org: Running) -> None:
    first = org.call("GET", "/limits")
    second = org.call("GET", "/sobjects/Nope/describe")
    assert first.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    assert second.headers["Sforce-Limit-Info"] == "api-usage=2/100000"
    assert first.json()["DailyApiRequests"] == {"Max": 100000, "Remaining": 99999}


def test_a_spent_allowance_refuses_every_call(org: Running) -> None:
    org.world.switches.rate_limits = True
    org.world.switches.daily_api_calls = 2
    statuses = [org.call("GET", "/limits").status_code for _ in range(4)]
    assert statuses == [200, 200, 403, 403]
    assert org.call("GET", "/limits").json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


def test_a_long_uri_is_refused_in_html(org: Running) -> None:
    answer = org.call(
        "GET", "/query", params={"q": "SELECT Id FROM Task WHERE Subject = '" + "x" * 16_400 + "'"}
    )
    assert answer.status_code == 414
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_body_that_is_no_json_is_refused(org: Running) -> None:
    answer = org.call("POST", "/sobjects/Account", data="{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_chunked_body_is_taken(org: Running) -> None:
    answer = org.call(
        "POST",
        "/sobjects/Account",
        data=iter([b'{"Name":', b'"Acme"}']),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 201


def test_records_are_counted_in_one_call(org: Running) -> None:
    for name in "ab":
        gone = org.create("Account", Name=name)
    org.call("DELETE", f"/sobjects/Account/{gone}")
    counted = org.call("GET", "/limits/recordCount", params={"sObjects": "Account,Lead,Nope"}).json()
    assert counted == {"sObjects": [{"count": 1, "name": "Account"}, {"count": 0, "name": "Lead"}]}
