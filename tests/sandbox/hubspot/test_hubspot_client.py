from collections.abc import Callable
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import (
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicFetchAssociationsBatchRequest,
)
from hubspot.crm.objects import (
    BatchInputSimplePublicObjectBatchInputForCreate,
    PublicObjectSearchRequest,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.properties import PropertyCreate

DUE = "2024-05-04T09:00:00Z"


@pytest.fixture
def keep() -> Any:
    """Closes the pools that the vendor's client opens at every look-up."""
    kept: list[Any] = []

    def remember(api: Any) -> Any:
        kept.append(api)
        return api

    yield remember
    for api in kept:
        api.api_client.rest_client.pool_manager.clear()
        api.api_client.close()


@pytest.fixture
def client(portal: Any) -> HubSpot:
    return HubSpot(access_token="pat-sandbox-token", host=portal.url, base_url=portal.url)


def test_the_vendors_client_makes_reads_and_lists(client: HubSpot, keep: Callable[[Any], Any]) -> None:
    api = keep(client.crm.objects.basic_api)
    made = api.create(
        "tasks", SimplePublicObjectInputForCreate(properties={"hs_timestamp": DUE}, associations=[])
    )
    page = api.get_page("tasks", limit=100, properties=["hs_timestamp"], archived=False)
    assert [row.id for row in page.results] == [made.id]
    assert page.results[0].properties["hs_timestamp"] == DUE
    assert page.paging is None


def test_the_vendors_client_gets_all(client: HubSpot, portal: Any) -> None:
    portal.dialect.load("companies", [{"id": number, "name": f"c{number}"} for number in range(1, 251)])
    found = client.crm.companies.get_all(properties=["name"])
    assert [row.id for row in found] == [str(number) for number in range(1, 251)]


def test_the_vendors_client_searches(client: HubSpot, portal: Any, keep: Callable[[Any], Any]) -> None:
    portal.dialect.load("contacts", [{"id": 1, "email": "a@x.example"}, {"id": 2, "email": "b@x.example"}])
    only = {"propertyName": "email", "operator": "EQ", "value": "b@x.example"}
    request = PublicObjectSearchRequest(filter_groups=[{"filters": [only]}], limit=200)
    found = keep(client.crm.contacts.search_api).do_search(request)
    assert (found.total, [row.id for row in found.results]) == (1, ["2"])


def test_the_vendors_client_batches(client: HubSpot, keep: Callable[[Any], Any]) -> None:
    inputs = [{"properties": {"hs_timestamp": DUE}, "associations": [], "objectWriteTraceId": "t1"}]
    body = BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs)
    answer = keep(client.crm.objects.tasks.batch_api).create(body)
    assert (answer.status, answer.results[0].object_write_trace_id) == ("COMPLETE", "t1")


def test_the_vendors_client_reads_owners_properties_and_links(
    client: HubSpot, portal: Any, keep: Callable[[Any], Any]
) -> None:
    portal.dialect.load("owners", [{"id": 5, "email": "o@x.example"}])
    wanted = PropertyCreate(
        name="our_key",
        label="Key",
        type="string",
        field_type="text",
        group_name="task_information",
        has_unique_value=True,
    )
    assert keep(client.crm.properties.core_api).create("tasks", wanted).has_unique_value is True
    assert [one.id for one in keep(client.crm.owners.owners_api).get_page().results] == ["5"]
    asked = BatchInputPublicFetchAssociationsBatchRequest(
        inputs=[PublicFetchAssociationsBatchRequest(id="1")]
    )
    links = keep(client.crm.associations.v4.batch_api).get_page("tasks", "companies", asked)
    assert links.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert [one.id for one in keep(client.crm.pipelines.pipelines_api).get_all("deals").results] == [
        "default"
    ]
