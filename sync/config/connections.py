"""Which settings belong to which CRM: the connectors' own, told apart by `crm`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.secret import SecretRef


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ClientCredentials(_Settings):
    """Salesforce's client credentials flow."""

    kind: Literal["client_credentials"]
    domain: str
    key: SecretRef
    secret: SecretRef


class Password(_Settings):
    """Salesforce's password flow."""

    kind: Literal["password"]
    username: str
    password: SecretRef
    key: SecretRef
    secret: SecretRef


class SalesforceSettings(_Settings):
    """How to reach a Salesforce org."""

    crm: Literal["salesforce"]
    org_id: str | None = None
    login: Annotated[ClientCredentials | Password, Field(discriminator="kind")]
    login_url: str | None = None
    ca_file: str | None = None


class Token(_Settings):
    """A HubSpot service key."""

    kind: Literal["token"]
    token: SecretRef


class HubSpotSettings(_Settings):
    """How to reach a HubSpot portal."""

    crm: Literal["hubspot"]
    portal_id: str | None = None
    login: Token
    api: Literal["2026-09", "v3"] = "2026-09"
    base_url: str | None = None
    ca_file: str | None = None


ConnectionSettings = Annotated[SalesforceSettings | HubSpotSettings, Field(discriminator="crm")]
