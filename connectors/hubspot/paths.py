"""Where each thing lives in HubSpot's API, for the date-based version and for v3/v4.

Source: HubSpot's OpenAPI files of 2026-08-21. The v3 and v4 paths lose support in 2027.
"""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

Api = Literal["2026-09", "v3"]
Place = Literal[
    "objects", "search", "batch", "properties", "property", "owners", "pipelines", "links",
    "schemas", "token", "account",
]  # fmt: skip

_TOKEN = "/oauth/v2/private-apps/get/access-token-info"  # noqa: S105 - a path
_ACCOUNT = "/account-info/v3/details"

PATHS: Mapping[Api, Mapping[Place, str]] = {
    "2026-09": {
        "objects": "/crm/objects/2026-09/{object}",
        "search": "/crm/objects/2026-09/{object}/search",
        "batch": "/crm/objects/2026-09/{object}/batch/{verb}",
        "properties": "/crm/properties/2026-09/{object}",
        "property": "/crm/properties/2026-09/{object}/{name}",
        "owners": "/crm/owners/2026-09",
        "pipelines": "/crm/pipelines/2026-09/{object}",
        "links": "/crm/associations/2026-09/{object}/{to}/batch/read",
        "schemas": "/crm-object-schemas/2026-09/schemas",
        "token": _TOKEN,
        "account": _ACCOUNT,
    },
    "v3": {
        "objects": "/crm/v3/objects/{object}",
        "search": "/crm/v3/objects/{object}/search",
        "batch": "/crm/v3/objects/{object}/batch/{verb}",
        "properties": "/crm/v3/properties/{object}",
        "property": "/crm/v3/properties/{object}/{name}",
        "owners": "/crm/v3/owners/",
        "pipelines": "/crm/v3/pipelines/{object}",
        "links": "/crm/v4/associations/{object}/{to}/batch/read",
        "schemas": "/crm-object-schemas/v3/schemas",
        "token": _TOKEN,
        "account": _ACCOUNT,
    },
}


def path_of(api: Api, place: Place, /, **names: str) -> str:
    """The path with its names filled in; a name cannot leave its segment, whatever it contains."""
    return PATHS[api][place].format(**{key: quote(name, safe="") for key, name in names.items()})
