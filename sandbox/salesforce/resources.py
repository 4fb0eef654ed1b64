"""What versions of the API there are, and what each offers."""

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.org import Org

VERSIONS = range(31, 68)
_SEASONS = ("Winter", "Spring", "Summer")
_RESOURCES = ("composite", "limits", "query", "queryAll", "sobjects", "tooling")


def list_versions(_org: Org, _call: Call) -> Answer:
    """GET /services/data, which needs no token."""
    versions = [
        {"label": _label(version), "url": f"/services/data/v{version}.0", "version": f"{version}.0"}
        for version in VERSIONS
    ]
    return Answer(body=versions)


def _label(version: int) -> str:
    # Three releases a year; 31.0 was that of summer 2014.
    year, season = divmod(version - 31 + 2, 3)
    return f"{_SEASONS[season]} '{14 + year + (season == 0):02d}"


def list_resources(org: Org, call: Call) -> Answer:
    """GET /services/data/vXX.0."""
    links = {name: f"{call.base}/{name}" for name in _RESOURCES}
    return Answer(body=links | {"identity": f"{call.origin}/id/{org.org_id}/{org.user_id}"})
