"""What the config says about a HubSpot connection."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.hubspot.paths import Api
from connectors.secret import SecretRef

_STRICT = ConfigDict(extra="forbid", frozen=True)


class TokenLogin(BaseModel):
    """A service key, or the token of a private app made before November 2026; both are sent as they are."""

    model_config = _STRICT

    kind: Literal["token"] = Field(description="How to log in: HubSpot takes a token.")
    token: SecretRef = Field(description="Where the service key or private app token is found.")


class HubSpotSettings(BaseModel):
    """One HubSpot portal."""

    model_config = _STRICT

    crm: Literal["hubspot"]
    portal_id: str | None = Field(
        default=None,
        pattern=r"^\d+$",
        description="The portal that the token must reach; pinned before writing.",
    )
    login: TokenLogin
    api: Api = Field(
        default="2026-09",
        description="The version of the paths; v3 loses HubSpot's support in September 2027.",
    )
    api_url: str = Field(
        default="https://api.hubapi.com",
        pattern=r"^https?://[^/]+.*[^/]$",
        description="Where the API answers; without a slash at the end.",
    )
    ca_file: str | None = Field(default=None, description="PEM file of the authorities to trust.")
    proxy: str | None = Field(default=None, description="URL of an HTTP proxy.")
    pace: int | None = Field(
        default=None,
        ge=1,
        description="Requests in ten seconds. Unset: 95, and once HubSpot's headers say what the portal's plan "
        "allows, 95 % of that.",
    )
