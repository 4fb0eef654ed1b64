"""Reads a CRM's clients to JSON lines with singer-io's taps; runs in the tap's own environment.

    python bench/pull_taps.py CRM TARGET.json     prints the tap's messages

A tap knows only its vendor's address, so that is set here, and whom to trust; nothing else of it is changed, with one exception:
tap-hubspot reads companies by an API of 2013, one request for each, which the sandbox does not speak. So its stream
of contacts, which uses today's lists, is pointed at companies.
"""

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

Target = Mapping[str, Any]
_SINCE = "2000-01-01T00:00:00Z"


def tap_hubspot(target: Target) -> None:
    """The stream `contacts` over companies."""
    tap: Any = import_module("tap_hubspot")
    tap.BASE_URL, tap.SESSION.verify = target["url"], target["ca_file"]
    name = target["object"]
    tap.ENDPOINTS |= {
        "contacts": f"/crm/v3/objects/{name}",
        "contacts_properties": f"/crm/v3/properties/{name}",
    }
    tap.CONFIG |= {"api_key": target["token"], "start_date": _SINCE, "select_fields_by_default": True}
    schema = tap.load_schema("contacts")
    fields = {f"property_{field}" for field in target["fields"]}
    chosen = [_chosen([], selected=True)]
    for field in schema["properties"]:
        inclusion = "automatic" if field in ("id", "updatedAt") else "available"
        chosen.append(_chosen(["properties", field], selected=field in fields, inclusion=inclusion))
    stream = {"stream": "contacts", "tap_stream_id": "contacts", "schema": schema, "metadata": chosen}
    tap.generate_custom_streams = lambda **_: {}
    tap.do_sync({}, {"streams": [stream]})


def tap_salesforce(target: Target) -> None:
    """The stream of the object, through REST: its other way is Bulk API 1, which the sandbox does not speak."""
    tap: Any = import_module("tap_salesforce")
    sf = tap.Salesforce(
        default_start_date=_SINCE, api_type="REST", quota_percent_per_run=100, quota_percent_total=100
    )
    sf.access_token, sf.instance_url = target["token"], target["url"]
    name = target["object"]
    sf.rest_requests_attempted = 0
    fields = sf.describe(name)["fields"]
    known = {"Id", "SystemModstamp", *target["fields"]}
    properties: dict[str, Any] = {}
    metadata: dict[Any, Any] = {}
    for field in fields:
        if field["name"] in known:
            properties[field["name"]], metadata = tap.create_property_schema(field, metadata, "Id")
    chosen = [
        _chosen([], selected=True, **{"table-key-properties": ["Id"], "replication-key": "SystemModstamp"}),
        *(_chosen(["properties", field], selected=True, inclusion="available") for field in properties),
    ]
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    stream = {"stream": name, "tap_stream_id": name, "schema": schema, "metadata": chosen}
    tap.do_sync(sf, {"streams": [stream]}, {})


def _chosen(place: list[str], **words: Any) -> dict[str, Any]:
    return {"breadcrumb": place, "metadata": words}


if __name__ == "__main__":
    reader = {"hubspot": tap_hubspot, "salesforce": tap_salesforce}[sys.argv[1]]
    reader(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
