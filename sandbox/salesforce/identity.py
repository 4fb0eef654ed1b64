"""Tells a program who it is logged in as: the OpenID answer, and the older one of the identity URL."""

from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import not_found

_SERVICES = {
    "enterprise": "/services/Soap/c/{version}/", "metadata": "/services/Soap/m/{version}/",
    "partner": "/services/Soap/u/{version}/", "rest": "/services/data/v{version}/",
    "sobjects": "/services/data/v{version}/sobjects/", "search": "/services/data/v{version}/search/",
    "query": "/services/data/v{version}/query/", "recent": "/services/data/v{version}/recent/",
    "tooling_soap": "/services/Soap/T/{version}/", "tooling_rest": "/services/data/v{version}/tooling/",
    "profile": "/",
}  # fmt: skip
_OF_ORG = ("enterprise", "metadata", "partner", "tooling_soap")


def show_user(org: Org, call: Call) -> Answer:
    """GET /services/oauth2/userinfo."""
    user = _user(org)
    body = {
        "sub": f"{call.origin}/id/{org.org_id}/{org.user_id}", "user_id": org.user_id, "organization_id": org.org_id,
        "preferred_username": user["Username"], "nickname": user["CommunityNickname"] or user["Alias"],
        "name": user["Name"], "email": user["Email"], "email_verified": True, "given_name": user["FirstName"],
        "family_name": user["LastName"], "zoneinfo": user["TimeZoneSidKey"], "photos": _photos(call),
        "profile": f"{call.origin}/{org.user_id}", "picture": f"{call.origin}/profilephoto/005/F",
        "is_salesforce_integration_user": False, "updated_at": user["LastModifiedDate"],
    }  # fmt: skip
    return Answer(body=body | _of_both(org, call, user))


def show_identity(org: Org, call: Call) -> Answer:
    """GET /id/{org}/{user}: what a token's `id` points at; only for the user of the token."""
    if (full_id(call.path["org"]), full_id(call.path["user"])) != (org.org_id, org.user_id):
        raise not_found()
    user = _user(org)
    body = {
        "id": f"{call.origin}/id/{org.org_id}/{org.user_id}", "asserted_user": True, "user_id": org.user_id,
        "organization_id": org.org_id, "username": user["Username"], "display_name": user["Name"],
        "nick_name": user["CommunityNickname"] or user["Alias"], "email": user["Email"], "email_verified": True,
        "first_name": user["FirstName"], "last_name": user["LastName"], "timezone": user["TimeZoneSidKey"],
        "photos": _photos(call), "addr_street": None, "addr_city": None, "addr_state": None, "addr_country": None,
        "addr_zip": None, "mobile_phone": None, "mobile_phone_verified": False, "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None}, "last_modified_date": user["LastModifiedDate"],
    }  # fmt: skip
    return Answer(body=body | _of_both(org, call, user))


def _user(org: Org) -> Any:
    (user,) = org.world.store.query("SELECT * FROM salesforce__User WHERE Id = ?", (org.user_id,))
    return user


def _of_both(org: Org, call: Call, user: Any) -> dict[str, Any]:
    urls = {
        name: f"{call.origin}{path}{org.org_id[:15] if name in _OF_ORG else ''}"
        for name, path in _SERVICES.items()
    }
    return {
        "urls": urls | {"profile": f"{call.origin}/{org.user_id}", "custom_domain": call.origin},
        "active": bool(user["IsActive"]), "user_type": "STANDARD", "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"], "utcOffset": 0,
    }  # fmt: skip


def _photos(call: Call) -> dict[str, str]:
    return {"picture": f"{call.origin}/profilephoto/005/F", "thumbnail": f"{call.origin}/profilephoto/005/T"}
