"""What versions of the API there are, and what each offers."""

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.org import Org

VERSIONS = range(31, 68)
_SEASONS = ("Winter", "Spring", "Summer")
_RESOURCES = ("composite", "jobs", "limits", "query", "queryAll", "recent", "sobjects", "tooling")
_NO_BULK = ("FeatureNotEnabled", "Async API not enabled")


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


def list_recent(_org: Org, _call: Call) -> Answer:
    """GET /recent: what the user looked at of late, which an API user's reads do not count as."""
    return Answer(body=[])


def refuse_bulk(_org: Org, call: Call) -> Answer:
    """The first Bulk API, switched off in this org; in JSON or XML as the client speaks.

    Code: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/asynch_api_reference_errors.htm
    """
    code, message = _NO_BULK
    if "json" in call.headers.get("content-type", ""):
        return Answer(status=400, body={"exceptionCode": code, "exceptionMessage": message})
    names = "http://www.force.com/2009/06/asyncapi/dataload"
    told = f"<exceptionCode>{code}</exceptionCode><exceptionMessage>{message}</exceptionMessage>"
    xml = f'<?xml version="1.0" encoding="UTF-8"?><error xmlns="{names}">{told}</error>'
    return Answer(status=400, body=xml.encode(), kind="application/xml")
