"""Says whose token this is, which portal, and what its limits are."""

from sandbox.hubspot.apps import USER_ID, app_of, scopes_left
from sandbox.hubspot.errors import PORTAL_ID, invalid, not_found
from sandbox.hubspot.limits import TIME_ZONE
from sandbox.hubspot.portal import Answer, Call, Portal


def token_info(portal: Portal, call: Call) -> Answer:
    """What a private app's token may do."""
    key = call.member("tokenKey", str)
    if not key:
        raise invalid("Invalid input JSON: some required fields were not set: [tokenKey]")
    app = app_of(key)
    if app is None:
        raise not_found("Unable to find a token with the given key")
    scopes = scopes_left(portal.world.switches.hubspot_scopes_taken)
    return Answer(body={"userId": USER_ID, "hubId": PORTAL_ID, "appId": app, "scopes": scopes})


def oauth_token_info(portal: Portal, call: Call) -> Answer:
    """The same in the form for OAuth tokens."""
    app = app_of(call.path["token"])
    if app is None:
        raise not_found("invalid refresh token", sub_category="UNKNOWN_TOKEN")
    return Answer(
        body={
            "token": call.path["token"], "user": "admin@sandbox.example", "hub_domain": "sandbox.example", "token_type": "access",
            "scopes": scopes_left(portal.world.switches.hubspot_scopes_taken),
            "hub_id": PORTAL_ID, "app_id": app, "expires_in": 1800, "user_id": USER_ID,
        }
    )  # fmt: skip


def details(portal: Portal, call: Call) -> Answer:
    """The portal: `GET /account-info/v3/details`."""
    return Answer(
        body={
            "portalId": PORTAL_ID, "accountType": "DEVELOPER_TEST", "timeZone": TIME_ZONE,
            "companyCurrency": "GBP", "additionalCurrencies": ["EUR", "USD"], "utcOffset": "+00:00",
            "utcOffsetMilliseconds": 0, "uiDomain": "app.hubspot.com", "dataHostingLocation": "eu1",
        }
    )  # fmt: skip


def usage(portal: Portal, call: Call) -> Answer:
    """Today's use of the daily allowance: `GET /account-info/v3/api-usage/daily/private-apps`."""
    return Answer(body={"results": [portal.limits.usage()]})


def record_limits(portal: Portal, call: Call) -> Answer:
    """How many records the portal may hold and holds."""
    rows = [
        {
            "objectTypeId": kind.type_id,
            "singularLabel": kind.singular,
            "limit": 15_000_000,
            "usage": count,
            "percentage": 0.0,
        }
        for kind, count in ((kind, portal.records.count(kind)) for kind in portal.catalogue.objects.values())
    ]
    return Answer(body={"hubspotDefinedObjectTypes": rows})
