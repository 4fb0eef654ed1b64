"""The portal's private apps: which tokens open it, and what each of them may do."""

import re
from collections.abc import Collection, Iterable

from sandbox.hubspot.errors import ApiError

APP_ID = 1730021
USER_ID = 50100001
TOKEN = "pat-sandbox-token"  # noqa: S105 (the documented token of a loopback CRM)
SCOPES = (
    "crm.objects.companies.read", "crm.objects.companies.write", "crm.objects.contacts.read",
    "crm.objects.contacts.write", "crm.objects.deals.read", "crm.objects.deals.write",
    "crm.objects.feedback_submissions.read", "crm.objects.invoices.read", "crm.objects.owners.read",
    "crm.objects.custom.read", "crm.objects.custom.write", "crm.schemas.companies.write",
    "crm.schemas.contacts.write", "crm.schemas.custom.read", "crm.schemas.custom.write", "oauth", "sales-email-read",
    "tickets",
)  # fmt: skip
_TOKEN = re.compile(r"pat-sandbox-token(?:-(\d{1,4}))?")
_SCOPES_OF = {
    "companies": "crm.objects.companies.{}", "deals": "crm.objects.deals.{}", "tickets": "tickets",
    "invoices": "crm.objects.invoices.{}", "feedback_submissions": "crm.objects.feedback_submissions.{}",
    "owners": "crm.objects.owners.{}",
}  # fmt: skip
_USUAL_SCOPE = "crm.objects.contacts.{}"
"""Activities are looked after by the scope of contacts."""

_CUSTOM, _CUSTOM_SCOPE = re.compile(r"p\d+_"), "crm.objects.custom.{}"
"""How the portal's own object types are named, and what they need."""


def app_of(token: str) -> int | None:
    """The id of the app whose token this is: `pat-sandbox-token`, or `pat-sandbox-token-2` and so on for others."""
    found = _TOKEN.fullmatch(token)
    return None if found is None else APP_ID + int(found[1] or 0)


def scopes_left(taken: Iterable[str]) -> list[str]:
    """What an app may still do."""
    return [scope for scope in SCOPES if scope not in set(taken)]


def require_scope(taken: Collection[str], object_name: str, *, writes: bool = False) -> None:
    """Raises ApiError 403 where a scope that an object needs was taken away."""
    usual = _CUSTOM_SCOPE if _CUSTOM.match(object_name) else _USUAL_SCOPE
    needed = [_SCOPES_OF.get(object_name, usual).format("write" if writes else "read")]
    if object_name == "emails":
        needed.append("sales-email-read")
    require(taken, needed)


def require(taken: Collection[str], scopes: Iterable[str]) -> None:
    """Raises ApiError 403 where one of these scopes was taken away."""
    lost = [scope for scope in scopes if scope in taken]
    if lost:
        raise ApiError(
            "MISSING_SCOPES",
            "This app hasn't been granted all required scopes to make this call. Read more about required scopes "
            "here: https://developers.hubspot.com/scopes.",
            errors=[
                {
                    "message": "One or more of the following scopes are required.",
                    "context": {"requiredGranularScopes": lost},
                }
            ],
        )
