"""Where each call lives, in both path families: v3/v4 and the date-based 2026-09."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.routing import BaseRoute, Route

from sandbox.hubspot import (
    account,
    associations,
    batch,
    controls,
    merging,
    objects,
    old_associations,
    own_types,
    owners,
    pipelines,
    properties,
    property_batches,
    recycling,
    search,
)
from sandbox.hubspot.portal import Family, Handler, Portal
from sandbox.hubspot.wire import endpoint, lever, nothing_here

PREFIXES: dict[str, dict[Family, str]] = {
    "objects": {"v3": "/crm/v3/objects/{type}", "2026-09": "/crm/objects/2026-09/{type}"},
    "links": {
        "v3": "/crm/v4/associations/{type}/{to_type}",
        "2026-09": "/crm/associations/2026-09/{type}/{to_type}",
    },
    "record links": {
        "v3": "/crm/v4/objects/{type}/{id}/associations",
        "2026-09": "/crm/objects/2026-09/{type}/{id}/associations",
    },
    "properties": {"v3": "/crm/v3/properties/{type}", "2026-09": "/crm/properties/2026-09/{type}"},
    "owners": {"v3": "/crm/v3/owners", "2026-09": "/crm/owners/2026-09"},
    "pipelines": {"v3": "/crm/v3/pipelines/{type}", "2026-09": "/crm/pipelines/2026-09/{type}"},
    "schemas": {"v3": "/crm-object-schemas/v3/schemas", "2026-09": "/crm-object-schemas/2026-09/schemas"},
    "schemas as well": {"v3": "/crm/v3/schemas"},
    "limits": {"v3": "/crm/v3/limits", "2026-09": "/crm/limits/2026-09"},
}


@dataclass(frozen=True, slots=True)
class _Place:
    under: str
    method: str
    rest: str
    handler: Handler


_PLACES = [
    _Place("objects", "GET", "", objects.list_page),
    _Place("objects", "POST", "", objects.create_one),
    _Place("objects", "POST", "/search", search.search),
    _Place("objects", "POST", "/batch/read", batch.read_batch),
    _Place("objects", "POST", "/batch/create", batch.create_batch),
    _Place("objects", "POST", "/batch/update", batch.update_batch),
    _Place("objects", "POST", "/batch/upsert", batch.upsert_batch),
    _Place("objects", "POST", "/batch/archive", batch.archive_batch),
    _Place("objects", "POST", "/merge", merging.merge),
    _Place("objects", "POST", "/gdpr-delete", recycling.gdpr_delete),
    _Place("objects", "GET", "/{id}", objects.read_one),
    _Place("objects", "PATCH", "/{id}", objects.update_one),
    _Place("objects", "DELETE", "/{id}", objects.archive_one),
    _Place("record links", "PUT", "/default/{to_type}/{to_id}", associations.put_default),
    _Place("record links", "GET", "/{to_type}", associations.list_links),
    _Place("record links", "PUT", "/{to_type}/{to_id}", associations.put_link),
    _Place("record links", "DELETE", "/{to_type}/{to_id}", associations.delete_link),
    _Place("links", "POST", "/batch/read", associations.read_batch),
    _Place("links", "POST", "/batch/create", associations.create_batch),
    _Place("links", "POST", "/batch/archive", associations.archive_batch),
    _Place("links", "POST", "/batch/labels/archive", associations.archive_labels),
    _Place("links", "POST", "/batch/associate/default", associations.create_default_batch),
    _Place("links", "GET", "/labels", associations.labels),
    _Place("properties", "GET", "/groups", properties.list_groups),
    _Place("properties", "POST", "/groups", properties.create_group),
    _Place("properties", "GET", "/groups/{group}", properties.read_group),
    _Place("properties", "POST", "/batch/read", property_batches.read_properties),
    _Place("properties", "POST", "/batch/create", property_batches.create_properties),
    _Place("properties", "POST", "/batch/archive", property_batches.archive_properties),
    _Place("properties", "GET", "", properties.list_properties),
    _Place("properties", "POST", "", properties.create_property),
    _Place("properties", "GET", "/{name}", properties.read_property),
    _Place("properties", "PATCH", "/{name}", properties.update_property),
    _Place("properties", "DELETE", "/{name}", properties.archive_property),
    _Place("owners", "GET", "", owners.list_owners),
    _Place("owners", "GET", "/{id}", owners.read_owner),
    _Place("pipelines", "GET", "", pipelines.list_pipelines),
    _Place("pipelines", "GET", "/{pipeline}", pipelines.read_pipeline),
    _Place("pipelines", "GET", "/{pipeline}/stages", pipelines.list_stages),
    _Place("pipelines", "GET", "/{pipeline}/stages/{stage}", pipelines.read_stage),
    *(
        _Place(under, method, rest, handler)
        for under in ("schemas", "schemas as well")
        for method, rest, handler in (
            ("GET", "", own_types.list_schemas),
            ("POST", "", own_types.create_schema),
            ("GET", "/{type}", own_types.read_schema),
            ("PATCH", "/{type}", own_types.update_schema),
            ("DELETE", "/{type}", own_types.delete_schema),
            ("POST", "/{type}/associations", own_types.create_link_type),
            ("DELETE", "/{type}/associations/{link}", own_types.delete_link_type),
        )
    ),
    _Place("limits", "GET", "/records", account.record_limits),
]

_FIXED: list[tuple[str, str, Handler, bool]] = [
    ("GET", "/crm/v3/objects/{type}/{id}/associations/{to_type}", old_associations.list_links, False),
    ("POST", "/crm/v3/associations/{type}/{to_type}/batch/read", old_associations.read_batch, False),
    ("POST", "/crm/v3/associations/{type}/{to_type}/batch/create", old_associations.create_batch, False),
    ("POST", "/crm/v3/associations/{type}/{to_type}/batch/archive", associations.archive_batch, False),
    ("GET", "/crm/v3/associations/{type}/{to_type}/types", old_associations.types, False),
    ("POST", "/oauth/v2/private-apps/get/access-token-info", account.token_info, True),
    ("GET", "/oauth/v1/access-tokens/{token}", account.oauth_token_info, True),
    ("GET", "/account-info/v3/details", account.details, False),
    ("GET", "/account-info/2026-09/details", account.details, False),
    ("GET", "/account-info/v3/api-usage/daily/private-apps", account.usage, False),
]


def routes(portal: Portal) -> list[BaseRoute]:
    """Every path of the portal, levers too; what is under /crm and not among them is a 404 page."""
    fixed = [
        Route(path, endpoint(portal, handler, family="v3", public=public), methods=[method])
        for method, path, handler, public in _FIXED
    ]
    every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    unknown = [
        Route(f"/{root}/{{rest:path}}", endpoint(portal, nothing_here, family="v3"), methods=every)
        for root in ("crm", "crm-object-schemas", "account-info", "oauth/v1", "oauth/v2")
    ]
    levers = [
        Route(f"/_sandbox/hubspot/{name}", lever(portal, name), methods=["POST"]) for name in controls.NAMES
    ]
    return [*_both_families(portal), *fixed, *unknown, *levers]


def _both_families(portal: Portal) -> Iterator[BaseRoute]:
    for place in _PLACES:
        for family, prefix in PREFIXES[place.under].items():
            answer = endpoint(portal, place.handler, family=family, search=place.handler is search.search)
            path = prefix + place.rest
            # HubSpot's own clients ask for `/crm/v3/owners/`, others for the same without the last stroke.
            yield Route(path, answer, methods=[place.method])
            yield Route(f"{path}/", answer, methods=[place.method])
