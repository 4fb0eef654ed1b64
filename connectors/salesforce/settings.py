"""What the config says about one Salesforce connection."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from connectors.salesforce.full_ids import eighteen
from connectors.secret import SecretRef
from connectors.transport import Policy

_ORG_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


def _org_id(text: str) -> str:
    if not _ORG_ID.fullmatch(text) or not text.startswith("00D"):
        raise ValueError("an org id has 15 or 18 letters and digits and begins with 00D")
    return eighteen(text)


def _https(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query:
        raise ValueError("use an address such as https://acme.my.salesforce.com")
    return f"https://{parts.netloc}{parts.path.rstrip('/')}"


def _proxy(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("use an address such as http://proxy.acme.example:3128")
    if parts.username or parts.password:
        raise ValueError("a proxy's password does not belong here: use a proxy that knows this machine")
    return text


def _label(text: str) -> str:
    """`acme.my`, from that or from the whole address of the domain."""
    label = text.removeprefix("https://").rstrip("/").removesuffix(".salesforce.com")
    if not re.fullmatch(r"[A-Za-z0-9.-]+", label):
        raise ValueError("use the part before .salesforce.com, such as `acme.my`, `login` or `test`")
    return label


OrgId = Annotated[str, AfterValidator(_org_id)]
Https = Annotated[str, AfterValidator(_https)]
Proxy = Annotated[str, AfterValidator(_proxy)]
Domain = Annotated[str, AfterValidator(_label)]


class _Strict(BaseModel):
    # An unknown key may be a misspelt secret: its value is never shown.
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


class ClientCredentials(_Strict):
    """An external client app with a run-as user: the way for servers."""

    kind: Literal["client_credentials"]
    domain: Domain
    """My Domain label; `login` and `test` do not offer this flow."""
    key: SecretRef
    secret: SecretRef

    @model_validator(mode="after")
    def _needs_my_domain(self) -> Self:
        if self.domain in {"login", "test"}:
            raise ValueError(
                "client_credentials works on My Domain only: set domain to `acme.my`, not login or test"
            )
        return self


class JwtBearer(_Strict):
    """A signed assertion for one user, with a certificate that the app knows."""

    kind: Literal["jwt"]
    username: str
    key: SecretRef
    """The app's consumer key."""
    private_key: SecretRef
    domain: Domain | None = None
    """Where the token is asked for; the audience's host when absent."""
    audience: Domain = "login"
    """`login`, or `test` for a sandbox org."""


class Password(_Strict):
    """User name and password: OAuth with `key` and `secret`, else SOAP with `security_token`."""

    kind: Literal["password"]
    username: str
    password: SecretRef
    security_token: SecretRef | None = None
    key: SecretRef | None = None
    secret: SecretRef | None = None
    domain: Domain = "login"

    @model_validator(mode="after")
    def _needs_a_flow(self) -> Self:
        if (self.key is None) != (self.secret is None):
            raise ValueError("key and secret belong together")
        if self.key is None and self.security_token is None:
            raise ValueError("give key and secret (OAuth) or security_token (SOAP)")
        return self


class SessionToken(_Strict):
    """A session id that something else obtained; it is used until it expires."""

    kind: Literal["token"]
    token: SecretRef
    instance_url: Https


Login = Annotated[ClientCredentials | JwtBearer | Password | SessionToken, Field(discriminator="kind")]


class SalesforceSettings(_Strict):
    """`[connections.NAME]` with `crm = "salesforce"`."""

    crm: Literal["salesforce"]
    org_id: OrgId | None = None
    """15 or 18 characters in the config, 18 here."""
    login: Login
    login_url: Https | None = None
    """Where logins go instead of `<domain>.salesforce.com`: government and private clouds."""
    ca_file: Path | None = None
    proxy: Proxy | None = None
    api_version: Annotated[str, Field(pattern=r"^\d{2,3}\.0$")] = "66.0"
    call_limit: Annotated[int, Field(gt=0)] | None = None
    """Requests that one run may use; none when absent."""
    quota_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    """The part of the org's API requests of 24 hours that may be used up, whoever uses them: a run stops before the
    rest, which is left to other programs."""
    task_marks: Literal["fields", "body"] = "fields"
    """How our tasks are told from others: by two fields that `keptword setup` makes, or, in an org that cannot have
    them, by the last line of their text. Choose before the first task is written: those of the other way are not found.
    """
    connect_timeout_s: Annotated[float, Field(gt=0)] = 5.0
    read_timeout_s: Annotated[float, Field(gt=0)] = 60.0

    @property
    def policy(self) -> Policy:
        """How the transport treats this connection."""
        return Policy(connect_s=self.connect_timeout_s, read_s=self.read_timeout_s)
