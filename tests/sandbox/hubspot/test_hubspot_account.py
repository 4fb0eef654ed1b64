from typing import Any

import pytest


@pytest.fixture
def staffed(portal: Any) -> Any:
    people = [
        {"id": n, "email": f"p{n}@x.example", "firstName": "P", "lastName": str(n), "userId": 100 + n}
        for n in (1, 2)
    ]
    portal.dialect.load("owners", [*people, {"id": 3, "email": "gone@x.example", "archived": "true"}])
    return portal


@pytest.mark.parametrize(
    "path", ["/crm/v3/owners/", "/crm/v3/owners", "/crm/owners/2026-09", "/crm/owners/2026-09/"]
)
def test_owners_come_with_and_without_a_last_stroke(staffed: Any, path: str) -> None:
    assert [row["id"] for row in staffed.ask("GET", path).body["results"]] == ["1", "2"]
    assert [row["id"] for row in staffed.ask("GET", f"{path}?archived=True").body["results"]] == ["3"]


def test_owners_are_paged_and_filtered(staffed: Any) -> None:
    first = staffed.ask("GET", "/crm/v3/owners/?limit=1").body
    after = first["paging"]["next"]["after"]
    last = staffed.ask("GET", f"/crm/v3/owners/?limit=1&after={after}").body
    assert ([row["id"] for row in last["results"]], "paging" in last) == (["2"], False)
    assert staffed.ask("GET", "/crm/v3/owners/?limit=501").status == 400
    named = staffed.ask("GET", "/crm/v3/owners/?email=P2@x.example").body["results"]
    assert [(row["id"], row["userId"]) for row in named] == [("2", 102)]


def test_an_owner_is_found_by_either_id(staffed: Any) -> None:
    assert staffed.ask("GET", "/crm/v3/owners/2").body["email"] == "p2@x.example"
    assert staffed.ask("GET", "/crm/v3/owners/102?idProperty=userId").body["id"] == "2"
    assert staffed.ask("GET", "/crm/v3/owners/3").status == 404
    assert staffed.ask("GET", "/crm/v3/owners/3?archived=true").body["archived"] is True


@pytest.mark.parametrize("header", ["Bearer wrong", "pat-sandbox-token", ""])
def test_only_the_token_opens_the_portal(portal: Any, header: str) -> None:
    reply = portal.ask("GET", "/crm/v3/objects/companies", Authorization=header)
    assert (reply.status, reply.body["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_token_says_whose_it_is(portal: Any) -> None:
    info = portal.ask(
        "POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": "pat-sandbox-token"}
    ).body
    assert info["hubId"] == 24601001
    assert set(info) == {"userId", "hubId", "appId", "scopes"}
    assert portal.ask("GET", "/oauth/v1/access-tokens/pat-sandbox-token").body["hub_id"] == 24601001
    assert portal.ask("POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": "x"}).status == 404
    assert portal.ask("GET", "/account-info/v3/details").body["portalId"] == 24601001


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff"])
def test_a_body_that_is_not_json_is_refused(portal: Any, body: bytes) -> None:
    assert portal.ask("POST", "/crm/v3/objects/companies", body).status == 400


def test_a_chunked_body_is_read(portal: Any) -> None:
    parts = (part for part in (b'{"properties": {"name"', b': "Acme"}}'))
    headers = {"Authorization": "Bearer pat-sandbox-token"}
    url = f"{portal.url}/crm/v3/objects/companies"
    assert portal.pool.request("POST", url, body=parts, headers=headers, chunked=True).status == 201


def test_a_long_uri_is_refused(portal: Any) -> None:
    assert portal.ask("GET", f"/crm/v3/objects/companies?properties={'x' * 16_000}").status == 414


@pytest.mark.parametrize("path", ["/crm/v3/nothing", "/crm/objects/2025-01/tasks"])
def test_an_unknown_path_is_a_page(portal: Any, path: str) -> None:
    reply = portal.ask("GET", path)
    assert (reply.status, reply.raw[:6]) == (404, b"<html>")


def test_schemas_and_limits_answer(portal: Any) -> None:
    assert portal.ask("GET", "/crm/v3/schemas").body == {"results": []}
    assert portal.ask("GET", "/crm-object-schemas/2026-09/schemas/tasks").body["objectTypeId"] == "0-27"
    assert portal.ask("GET", "/crm/v3/limits/records").status == 200
