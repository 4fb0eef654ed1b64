"""Links that come with a list are those that HubSpot gives for each record, in fewer requests."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import ReadRequest
from connectors.hubspot.connector import HubSpotConnector
from tests.sandbox_process import RunningSandbox, start_sandbox

from .conftest import NOW, OLD, Connect

PEOPLE = [str(1_000 + n) for n in range(150)]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    folder = tmp_path_factory.mktemp("linked")
    _write(
        folder, "contacts", ["id", "email", "updatedAt"], [[id_, f"p{id_}@x.example", OLD] for id_ in PEOPLE]
    )
    _write(
        folder, "companies", ["id", "name", "updatedAt"], [[n, f"Company {n}", OLD] for n in range(1, 131)]
    )
    # The first person is linked to more companies than a list shows of a record.
    links = [["contacts", PEOPLE[0], "companies", n, 279] for n in range(1, 121)]
    links += [["contacts", id_, "companies", n % 9 + 1, 279] for n, id_ in enumerate(PEOPLE[1:])]
    _write(folder, "associations", ["from_type", "from_id", "to_type", "to_id", "type_id"], links)
    with start_sandbox("--data", str(folder), "--now", NOW) as running:
        yield running


def _write(folder: Path, name: str, columns: list[str], rows: list[list[Any]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


@pytest.fixture
def connector(connect: Connect, portal: RunningSandbox) -> HubSpotConnector:
    return connect(portal)


def links(connector: HubSpotConnector, name: str, to: str, **more: Any) -> list[tuple[str, ...]]:
    schema = connector.describe(name)
    assert schema
    chunks = connector.read(ReadRequest(schema=schema, fields=(), links=(to,), **more))
    table = pa.concat_tables([chunk.links[to] for chunk in chunks])
    return sorted(tuple(row.values()) for row in table.to_pylist())


@pytest.mark.parametrize(("name", "to"), [("contacts", "companies"), ("companies", "contacts")])
def test_links_of_a_list_are_those_that_are_asked_for(
    connector: HubSpotConnector, name: str, to: str
) -> None:
    every_id = tuple(PEOPLE) if name == "contacts" else tuple(map(str, range(1, 131)))
    found = links(connector, name, to)
    assert found == links(connector, name, to, ids=every_id)
    assert len({row[:2] for row in found}) == 120 + 149
    assert len({row[2] for row in found}) == 2


def test_links_that_fit_into_the_list_cost_no_request(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    links(connector, "companies", "contacts")
    portal.forget()
    links(connector, "companies", "contacts")
    assert len(portal.journal()) == 2


def test_a_link_whose_type_has_no_known_name_is_asked_for(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    connector.describe("contacts")
    named = {"results": [{"id": "5", "type": "our_own_label"}, {"id": 7, "type": "contact_to_company"}]}
    page = {"results": [{"id": PEOPLE[3], "properties": {}, "associations": {"companies": named}}]}
    portal.fault({"match": {"path": "contacts$", "times": 1}, "status": 200, "body": page})
    assert links(connector, "contacts", "companies") == links(
        connector, "contacts", "companies", ids=(PEOPLE[3],)
    )


def test_a_page_that_must_be_mended_keeps_its_links(
    connector: HubSpotConnector, portal: RunningSandbox
) -> None:
    connector.describe("contacts")
    named = {
        "results": [
            {"id": 7, "type": "contact_to_company"},
            {"id": "8", "type": "contact_to_company_unlabeled"},
        ]
    }
    page = {
        "results": [
            {"id": 12, "properties": {"email": 7}, "associations": {"companies": named}},
            {"id": "13"},
        ]
    }
    portal.fault({"match": {"path": "contacts$", "times": 1}, "status": 200, "body": page})
    assert links(connector, "contacts", "companies") == [("12", "7", "1"), ("12", "8", "279")]
