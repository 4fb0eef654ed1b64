"""Opens a session with Salesforce, in any of the ways that simple-salesforce knows."""

import ssl
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter

from connectors.errors import CrmError, LoginRefused, NotUnderstood, Refused, Temporary
from connectors.salesforce.settings import (
    ClientCredentials,
    JwtBearer,
    Password,
    SalesforceSettings,
    SessionToken,
)
from connectors.transport import Answer, Redactor, Transport, brief

_CONNECTIONS = 32
"""Kept open at once: more than the threads of all reads of one connection, so that none opens one for one request."""
_BUSY = frozenset({"server_error", "temporarily_unavailable", "unknown_error", "SERVER_UNAVAILABLE"})
_REMEDIES: Mapping[str, str] = {
    "invalid_client": "Check key and secret against the app's consumer key and secret.",
    "invalid_client_id": "Check key against the app's consumer key; a new app needs ten minutes to be known.",
    "invalid_grant": "Check the user, its password or certificate, and that the app may act for it.",
    "invalid_app_access": "Let the run-as user's profile or permission set use the app.",
    "no client credentials user enabled": "Name a run-as user in the app's client credentials policy.",
    "unsupported_grant_type": "Enable this flow in the app, or choose another login kind.",
    "inactive_user": "Activate the user.",
    "inactive_org": "The org is locked or closed: ask Salesforce.",
    "rate_limit_exceeded": "Too many logins: wait an hour.",
    "INVALID_LOGIN": "Check user name, password and security token.",
    "LOGIN_MUST_USE_SECURITY_TOKEN": "Add security_token, or trust this machine's address in the org.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A login that works: where requests go, and with which token."""

    instance_url: str
    token: str


class Door(HTTPAdapter):
    """Sends requests with this connection's time-outs and certificate authority, logins to `login_url`."""

    def __init__(self, settings: SalesforceSettings, *, send_to: str | None = None) -> None:
        super().__init__(pool_maxsize=_CONNECTIONS)
        self._timeout = settings.policy.timeout
        self._ca_file = str(settings.ca_file) if settings.ca_file else None
        self._send_to = send_to

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """As HTTPAdapter.send; simple-salesforce's logins pass no time-out and know only one cloud."""
        if self._send_to and request.url:
            there, asked = urlsplit(self._send_to), urlsplit(request.url)
            request.url = urlunsplit((there.scheme, there.netloc, there.path + asked.path, asked.query, ""))
        options["timeout"] = options.get("timeout") or self._timeout
        # Set here because the environment's REQUESTS_CA_BUNDLE overrules session.verify.
        options["verify"] = self._ca_file or options.get("verify", True)
        return super().send(request, *args, **options)


def open_http(settings: SalesforceSettings, place: str) -> requests.Session:
    """The HTTP session that logins and calls share; Refused when ca_file holds no certificates."""
    _check_authority(settings, place)
    http = requests.Session()
    # Any auth of our own keeps requests from putting a .netrc entry in the place of the token.
    http.auth = _as_it_is
    http.mount("https://", Door(settings))
    label = _token_label(settings)
    if settings.login_url and label:
        http.mount(f"https://{label}.salesforce.com", Door(settings, send_to=settings.login_url))
    if settings.proxy:
        http.proxies = {"https": settings.proxy}
    return http


def _check_authority(settings: SalesforceSettings, place: str) -> None:
    # Checked here: to requests a file that is not there looks like a broken connection.
    try:
        ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        problem = f"{settings.ca_file} cannot be used ({error.strerror or error})"
        raise Refused(
            f"{place}.ca_file", problem, "Name a PEM file with the authority's certificate."
        ) from error


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def sign_in(settings: SalesforceSettings, http: requests.Session, *, transport: Transport) -> Session:
    """Logs in and tells the transport's redactor the new token; raises LoginRefused, Temporary, NotUnderstood."""
    login = settings.login
    if isinstance(login, SessionToken):
        session = Session(instance_url=login.instance_url, token=login.token.read())
        transport.redact.know(session.token)
        return session
    arguments = _ARGUMENTS[type(login)](login, transport.redact)
    opened: list[Session] = []

    def request() -> Answer:
        opened.append(_ask(arguments, http, transport))
        return Answer(status=200, headers={}, body=b"")

    transport.send(request, repeatable=True, judge=lambda _: None, kind="login")
    return opened[-1]


def _ask(arguments: Mapping[str, Any], http: requests.Session, transport: Transport) -> Session:
    # Imported here: simple-salesforce brings a SOAP stack that costs every command 130 ms.
    from jwt.exceptions import PyJWTError
    from simple_salesforce.exceptions import SalesforceAuthenticationFailed
    from simple_salesforce.login import SalesforceLogin

    place = f"{transport.place}.login"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # its hint about an app that is not approved comes as an error too
            token, host = SalesforceLogin(session=http, **arguments)
    except SalesforceAuthenticationFailed as error:
        raise _refusal(place, error.code, error.auth_message, transport.redact) from error
    except requests.exceptions.RequestException:
        raise
    except (AttributeError, TypeError, ValueError, PyJWTError) as error:
        problem = f"the login could not be made ({brief(str(error), transport.redact)})"
        if "privatekey" in arguments:
            raise LoginRefused(
                place, problem, "Check that private_key is an unencrypted RSA key in PEM."
            ) from error
        raise NotUnderstood(place, problem, "Check login_url and domain.") from error
    if not token or not host:
        raise NotUnderstood(place, "the answer to the login has no token", "Check login_url and domain.")
    transport.redact.know(token)
    return Session(instance_url=f"https://{host}".rstrip("/"), token=token)


def _refusal(place: str, code: object, message: object, redact: Redactor) -> CrmError:
    said = f"Salesforce says {code}: {brief(str(message), redact)}"
    busy = isinstance(code, int) and (code >= 500 or code in {406, 420, 429})
    if busy or code in _BUSY:
        return Temporary(place, said, "Run again.")
    fitting = _REMEDIES.get(str(message)) or _REMEDIES.get(str(code))
    return LoginRefused(place, said, fitting or "Check login and login_url.")


def _token_label(settings: SalesforceSettings) -> str | None:
    """The host, without .salesforce.com, that simple-salesforce asks for a token."""
    login = settings.login
    if isinstance(login, SessionToken):
        return None
    return login.domain or (login.audience if isinstance(login, JwtBearer) else "login")


def _client_credentials(login: ClientCredentials, redact: Redactor) -> dict[str, Any]:
    secret = login.secret.read()
    redact.know(secret)
    return {"consumer_key": login.key.read(), "consumer_secret": secret, "domain": login.domain}


def _jwt(login: JwtBearer, redact: Redactor) -> dict[str, Any]:
    private_key = login.private_key.read()
    redact.know(private_key)
    return {
        "username": login.username,
        "consumer_key": login.key.read(),
        "privatekey": private_key,
        "domain": login.audience,
        "instance_url": login.domain or login.audience,
    }


def _password(login: Password, redact: Redactor) -> dict[str, Any]:
    password = login.password.read()
    security_token = login.security_token.read() if login.security_token else ""
    redact.know(password)
    redact.know(security_token)
    found = {"username": login.username, "domain": login.domain}
    if login.key is None or login.secret is None:
        return found | {"password": password, "security_token": security_token}
    secret = login.secret.read()
    redact.know(secret)
    # OAuth has no field of its own for the security token: it is the end of the password.
    return found | {
        "password": password + security_token,
        "consumer_key": login.key.read(),
        "consumer_secret": secret,
    }


_ARGUMENTS: Mapping[type, Callable[[Any, Redactor], dict[str, Any]]] = {
    ClientCredentials: _client_credentials,
    JwtBearer: _jwt,
    Password: _password,
}
