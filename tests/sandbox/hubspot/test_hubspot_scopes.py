"""A scope that is taken away while everything runs, and comes back."""

from typing import Any

import pytest

COMPANIES = "crm.objects.companies.read"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/crm/v3/objects/companies"),
        ("GET", "/crm/objects/2026-09/companies/1"),
        ("GET", "/crm/v3/properties/companies"),
        ("GET", "/crm/v3/objects/contacts?associations=companies"),
        ("POST", "/crm/v3/objects/companies/search"),
        ("POST", "/crm/v3/objects/0-2/batch/read"),
        ("POST", "/crm/v4/associations/contacts/companies/batch/read"),
    ],
)
def test_a_scope_that_is_taken_closes_every_way_to_the_object(portal: Any, method: str, path: str) -> None:
    portal.make("contacts", email="a@x.example")
    portal.world.switches.hubspot_scopes_taken = frozenset({COMPANIES})
    reply = portal.ask(method, path, {"inputs": [{"id": "1"}]} if method == "POST" else None)
    assert (reply.status, reply.body["category"]) == (403, "MISSING_SCOPES")
    assert reply.body["errors"][0]["context"] == {"requiredGranularScopes": [COMPANIES]}


def test_the_token_tells_which_scopes_are_left_and_they_come_back(portal: Any) -> None:
    info = "/oauth/v2/private-apps/get/access-token-info"
    portal.world.switches.hubspot_scopes_taken = frozenset({COMPANIES})
    assert COMPANIES not in portal.ask("POST", info, {"tokenKey": "pat-sandbox-token"}).body["scopes"]
    assert portal.ask("GET", "/crm/v3/objects/contacts").status == 200
    portal.world.switches.hubspot_scopes_taken = frozenset()
    assert portal.ask("GET", "/crm/v3/objects/companies").status == 200


def test_reading_needs_no_scope_to_write(portal: Any) -> None:
    portal.world.switches.hubspot_scopes_taken = frozenset({"crm.objects.companies.write"})
    assert portal.ask("GET", "/crm/v3/objects/companies").status == 200
    assert portal.search("companies").status == 200
    made = portal.ask("POST", "/crm/v3/objects/companies", {"properties": {"name": "Acme"}})
    assert made.status == 403


@pytest.mark.parametrize("scope", ["sales-email-read", "crm.objects.contacts.read"])
def test_emails_need_two_scopes(portal: Any, scope: str) -> None:
    portal.world.switches.hubspot_scopes_taken = frozenset({scope})
    assert portal.ask("GET", "/crm/v3/objects/emails").status == 403


def test_owners_have_a_scope_of_their_own(portal: Any) -> None:
    portal.world.switches.hubspot_scopes_taken = frozenset({"crm.objects.owners.read"})
    assert portal.ask("GET", "/crm/v3/owners/").status == 403
    assert portal.ask("GET", "/crm/v3/owners/1").status == 403
