"""What the config says about a HubSpot connection."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from connectors.hubspot.paths import Api
from connectors.secret import SecretRef

_STRICT = ConfigDict(extra="forbid", frozen=True)


def _portal_id(text: str) -> str:
    if not text.isdecimal():
        raise ValueError("a portal id has digits only, such as '123456'")
    return text


def _api_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or text.endswith("/"):
        raise ValueError("use an address such as https://api.hubapi.com, without a slash at the end")
    return text


class TokenLogin(BaseModel):
    """A service key, or the token of a private app made before November 2026; both are sent as they are."""

    model_config = _STRICT

    kind: Literal["token"] = Field(description="How to log in: HubSpot takes a token.")
    token: SecretRef = Field(description="Where the service key or private app token is found.")


class HubSpotSettings(BaseModel):
    """One HubSpot portal."""

    model_config = _STRICT

    crm: Literal["hubspot"]
    portal_id: Annotated[str, AfterValidator(_portal_id)] | None = Field(
        default=None,
        description="The portal that the token must reach; pinned before writing.",
    )
    login: TokenLogin
    api: Api = Field(
        default="2026-09",
        description="The version of the paths; v3 loses HubSpot's support in September 2027.",
    )
    api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        default="https://api.hubapi.com",
        description="Where the API answers; without a slash at the end.",
    )
    ca_file: str | None = Field(default=None, description="PEM file of the authorities to trust.")
    proxy: str | None = Field(default=None, description="URL of an HTTP proxy.")
    pace: int | None = Field(
        default=None,
        ge=1,
        description="Requests in ten seconds, whatever HubSpot says. Unset: what its headers say that the portal's "
        "plan allows, less what other programs use.",
    )
    quota_share: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="The part of the portal's daily calls that may be used up: a read stops before the rest, which "
        "is left to other programs.",
    )
