"""HubSpot's failures of the table in the project's notes on both APIs, each by its number: what survives it."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from packaging.requirements import Requirement

from connectors.connector import Chunk, ReadRequest
from connectors.errors import LoginRefused, Refused, Temporary
from connectors.hubspot.connector import HubSpotConnector
from connectors.transport import Policy
from tests.sandbox_process import RunningSandbox, start_sandbox

from .conftest import NOW, OLD, Connect

CONTACTS, LINKED = 12_000, 1_300
WIDE = [f"number_{n:03}_of_nine_hundred" for n in range(900)]
SECONDLY = {"message": "You have reached your secondly limit.", "policyName": "SECONDLY"}
LAST_YEAR = datetime(2023, 1, 1)
LOGIN = {"Authorization": "Bearer pat-sandbox-token"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    folder = tmp_path_factory.mktemp("failing")
    _write(
        folder,
        "contacts",
        ["id", "email", "updatedAt"],
        [[10_000 + n, f"p{n}@client.example", OLD] for n in range(CONTACTS)],
    )
    _write(
        folder, "companies", ["id", "name", "updatedAt"], [[100 + n, f"Company {n}", OLD] for n in range(350)]
    )
    _write(
        folder,
        "meetings",
        ["id", "hs_timestamp", *WIDE],
        [[500 + n, OLD, *[f"{n}-{place}" for place in range(900)]] for n in range(3)],
    )
    links = [["contacts", 10_000 + n, "companies", 100, 279] for n in range(LINKED)]
    _write(folder, "associations", ["from_type", "from_id", "to_type", "to_id", "type_id"], links)
    with start_sandbox("--data", str(folder), "--now", NOW) as running:
        yield running


def _write(folder: Path, name: str, columns: list[str], rows: list[list[Any]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


@pytest.fixture
def api() -> str:
    return "2026-09"


@pytest.fixture
def connector(connect: Connect, portal: RunningSandbox) -> Iterator[HubSpotConnector]:
    portal.forget()
    yield connect(portal)
    portal.delete("/_sandbox/faults")


def asked_for(connector: HubSpotConnector, name: str, *fields: str, **more: Any) -> ReadRequest:
    schema = connector.describe(name)
    assert schema
    return ReadRequest(schema=schema, fields=fields, **more)


def read(connector: HubSpotConnector, name: str, *fields: str, **more: Any) -> list[Chunk]:
    return list(connector.read(asked_for(connector, name, *fields, **more)))


def ids_of(chunks: list[Chunk]) -> list[str]:
    return [id_ for chunk in chunks for id_ in chunk.rows["_id"].to_pylist()]


def requests(portal: RunningSandbox, path: str) -> list[dict[str, Any]]:
    return portal.journal(path=path, bodies=True)


def test_15_a_urllib3_that_breaks_the_vendors_client_is_not_installed() -> None:
    wanted = [Requirement(text) for text in requires("keptword") or () if text.startswith("urllib3")]
    assert wanted
    assert not any(one.specifier.contains("2.6.0") for one in wanted)
    assert version("urllib3") != "2.6.0"


@pytest.mark.parametrize(
    ("path", "more"), [("search", {"since": LAST_YEAR}), ("batch/read", {"ids": ("100", "101")})]
)
def test_16_a_post_that_came_too_fast_is_asked_again(
    connector: HubSpotConnector, portal: RunningSandbox, path: str, more: dict[str, Any]
) -> None:
    portal.fault(
        {
            "match": {"method": "POST", "path": f"companies/{path}", "times": 1},
            "status": 429,
            "body": SECONDLY,
        }
    )
    assert len(ids_of(read(connector, "companies", "name", **more))) == (2 if "ids" in more else 350)


def test_17_twelve_thousand_records_with_one_stamp_are_searched_once_each(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    portal.post(
        "/_sandbox/hubspot/flood", {"object": "contacts", "count": CONTACTS, "at": "2024-04-30T22:00:00Z"}
    )
    found = ids_of(read(connector, "contacts", "email", since=datetime(2024, 4, 30)))
    assert (len(found), len(set(found))) == (CONTACTS, CONTACTS)
    assert len(requests(portal, "/search")) == CONTACTS / 200


def test_17_a_delta_of_nearly_everything_is_listed_where_that_is_quicker(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    found = read(connector, "contacts", "email", since=LAST_YEAR, held=CONTACTS)
    assert len(set(ids_of(found))) == CONTACTS
    assert len(requests(portal, "/search")) == 1
    rest = read(connector, "contacts", "email", since=LAST_YEAR, held=CONTACTS, resume=found[3].resume)
    assert len(ids_of(rest)) == CONTACTS - len(ids_of(found[:4]))


@pytest.mark.parametrize(("name", "to"), [("companies", "contacts"), ("contacts", "companies")])
def test_18_links_over_one_page_and_over_one_call_come_whole(
    connector: HubSpotConnector, name: str, to: str
) -> None:
    chunks = read(connector, name, links=(to,))
    links = pa.concat_tables([chunk.links[to] for chunk in chunks])
    pairs = set(zip(links["from_id"].to_pylist(), links["to_id"].to_pylist(), strict=True))
    assert len(pairs) == LINKED


def test_19_nine_hundred_properties_fit_into_no_url_and_come_all_the_same(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    (chunk,) = read(connector, "meetings", *WIDE)
    assert chunk.rows.num_columns == 3 + 900
    assert sorted(chunk.rows[WIDE[899]].to_pylist()) == ["0-899", "1-899", "2-899"]
    assert 414 not in {request["status"] for request in portal.journal()}


def test_20_ids_that_a_batch_read_drops_without_a_word_are_not_taken_for_gone(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    silence = {"status": "COMPLETE", "results": []}
    portal.fault({"match": {"path": "companies/batch/read", "times": 1}, "status": 200, "body": silence})
    with pytest.raises(Temporary, match="neither gives nor denies 2 of 2"):
        read(connector, "companies", "name", ids=("100", "101"))
    assert ids_of(read(connector, "companies", "name", ids=("100", "101"))) == ["101", "100"]


def test_20_ids_that_hubspot_says_it_has_not_are_left_out(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    portal.post("/_sandbox/hubspot/conceal", {"object": "companies", "ids": [101]})
    assert ids_of(read(connector, "companies", "name", ids=("100", "101", "9"))) == ["100"]
    portal.post("/_sandbox/hubspot/reveal", {"object": "companies"})


def test_runner_up_a_listing_of_links_that_takes_longer_than_other_answers_is_waited_for(
    connect: Connect, portal: RunningSandbox
) -> None:
    connector = connect(portal)
    patient = HubSpotConnector(connector.settings, policy=Policy(read_s=1.0, attempts=1))
    request = asked_for(patient, "companies", links=("contacts",))
    portal.fault({"match": {"path": "associations", "times": 1}, "delay_s": 1.5})
    assert sum(chunk.links["contacts"].num_rows for chunk in patient.read(request)) == 2 * LINKED
    patient.close()


def test_runner_up_what_changes_during_a_long_read_is_in_the_delta_since_its_beginning(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    connector.probe()
    began_at = connector.calls.server_now()
    reading = connector.read(
        asked_for(connector, "companies", "name", ids=tuple(map(str, range(100, 9_000))))
    )
    next(iter(reading))
    portal.request("PATCH", "/crm/v3/objects/companies/100", {"properties": {"name": "Renamed"}}, LOGIN)
    list(reading)
    delta = pa.concat_tables([c.rows for c in read(connector, "companies", "name", since=began_at)])
    assert ("100", "Renamed") in zip(delta["_id"].to_pylist(), delta["name"].to_pylist(), strict=True)


def test_runner_up_a_token_in_hubspots_own_error_text_is_not_told(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    request = asked_for(connector, "companies", "name")
    body = {"message": "invalid call ?hapikey=pat-sandbox-token", "category": "VALIDATION_ERROR"}
    portal.fault({"match": {"path": "companies$", "times": 1}, "status": 400, "body": body})
    with pytest.raises(Refused) as caught:
        list(connector.read(request))
    assert "pat-sandbox-token" not in f"{caught.value}{caught.value.__cause__}"


def test_runner_up_a_token_that_is_replaced_in_the_middle_of_a_read_is_taken_up_once(
    connector: HubSpotConnector, portal: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked_for(connector, "companies", "name")
    portal.fault(
        {
            "match": {"path": "companies$", "nth": 2},
            "status": 401,
            "body": {"category": "EXPIRED_AUTHENTICATION"},
        }
    )
    monkeypatch.setenv("HUBSPOT_TOKEN", "pat-sandbox-token-2")
    assert len(ids_of(list(connector.read(request)))) == 350


@pytest.mark.parametrize("status", [401, 530])
def test_runner_up_a_token_that_is_no_good_is_not_tried_again_and_again(
    connector: HubSpotConnector, portal: RunningSandbox, status: int
) -> None:
    request = asked_for(connector, "companies", "name")
    portal.forget()
    portal.fault({"match": {"path": "companies$"}, "status": status})
    with pytest.raises(LoginRefused, match="token"):
        list(connector.read(request))
    assert len(portal.journal()) == 1


@pytest.mark.parametrize(
    ("api", "prefix"), [("2026-09", "/crm/objects/2026-09/"), ("v3", "/crm/v3/objects/")]
)
def test_runner_up_the_path_prefix_is_a_setting(
    connector: HubSpotConnector, portal: RunningSandbox, prefix: str
) -> None:
    read(connector, "companies", "name", links=("contacts",))
    objects = [request["path"] for request in portal.journal() if "/objects/" in request["path"]]
    assert objects
    assert all(path.startswith(prefix) for path in objects)


@pytest.mark.parametrize("fault", [{"truncate": True}, {"reset": True}])
def test_11_a_download_that_breaks_off_goes_on_at_the_page_that_broke(
    connector: HubSpotConnector, portal: RunningSandbox, fault: dict[str, Any]
) -> None:
    request = asked_for(connector, "contacts", "email")
    portal.fault({"match": {"path": "contacts$", "nth": [25, 26, 27]}, **fault})
    kept: list[Chunk] = []
    with pytest.raises(Temporary):
        kept.extend(connector.read(request))
    kept += connector.read(asked_for(connector, "contacts", "email", resume=kept[-1].resume))
    assert Counter(ids_of(kept)) == Counter(str(10_000 + n) for n in range(CONTACTS))
    assert (
        len([one for one in portal.journal(path="contacts$") if one["status"] == 200]) <= CONTACTS / 100 + 10
    )
