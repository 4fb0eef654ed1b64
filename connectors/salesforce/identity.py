"""Who is logged in, and to which org."""

from dataclasses import dataclass

from connectors.errors import NotAllowed, NotUnderstood, Refused, WrongOrg
from connectors.salesforce.call import Caller
from connectors.salesforce.full_ids import eighteen
from connectors.salesforce.pages import fetch_all
from connectors.salesforce.settings import SalesforceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The answer to: who and where are we."""

    org_id: str
    """18 characters."""
    user_id: str
    """Empty where the login's scopes do not tell."""
    username: str


def identify(caller: Caller, settings: SalesforceSettings) -> Identity:
    """Two requests; raises WrongOrg when the config pins another org."""
    orgs = fetch_all(caller, "SELECT Id, Name FROM Organization")
    if len(orgs) != 1 or not orgs[0].get("Id"):
        raise NotUnderstood(
            caller.place, "the org does not say its id", "Let the integration user read Organization."
        )
    org_id = eighteen(orgs[0]["Id"])
    if settings.org_id and settings.org_id != org_id:
        problem = (
            f"the login reaches org {org_id} ({orgs[0].get('Name')}), the config names {settings.org_id}"
        )
        raise WrongOrg(f"{caller.place}.org_id", problem, "Correct org_id, or log in to the right org.")
    user = _user(caller)
    return Identity(
        org_id=org_id, user_id=user.get("user_id", ""), username=user.get("preferred_username", "")
    )


def _user(caller: Caller) -> dict[str, str]:
    try:
        found = caller.json(caller.get("/services/oauth2/userinfo"))
    except (NotAllowed, NotUnderstood, Refused):
        # A login without the openid scope works for all else.
        return {}
    return (
        {name: value for name, value in found.items() if isinstance(value, str)}
        if isinstance(found, dict)
        else {}
    )
