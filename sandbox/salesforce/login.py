"""Who may come in: the three OAuth grants, the SOAP login, and the tokens they give.

The sandbox takes one connected app and one user: key `sandbox-key`, secret `sandbox-secret`, username
`admin@sandbox.example`, password `sandbox-password` (a security token may follow it). A JWT must be signed
with RS256, name the key as `iss` and the user as `sub`, and expire within five minutes; its signature is
checked when a public key is registered. Tokens live until they are revoked or expired by the control route.
"""

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import jwt

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused

KEY, SECRET = "sandbox-key", "sandbox-secret"
USERNAME, PASSWORD = "admin@sandbox.example", "sandbox-password"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST_ASSERTION_S = 300


class LoginRefused(Exception):
    """The OAuth error that answers a login: `error` and what people read."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error, self.description = error, description


def give_token(org: Org, call: Call) -> Answer:
    """POST /services/oauth2/token; wrong credentials are a 400 in OAuth's own shape."""
    form = _form(call)
    try:
        _GRANTS.get(form.get("grant_type", ""), _by_nothing)(org, form)
    except LoginRefused as refused:
        return Answer(status=400, body={"error": refused.error, "error_description": refused.description})
    return Answer(body=_session(org, call))


def _form(call: Call) -> dict[str, str]:
    form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)) or dict(call.query)
    scheme, _, given = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        pair = base64.b64decode(given + "==", validate=False).decode("utf-8", "replace")
        form["client_id"], _, form["client_secret"] = pair.partition(":")
    return form


def _check_app(form: Mapping[str, str]) -> None:
    if form.get("client_id") != KEY:
        raise LoginRefused("invalid_client_id", "client identifier invalid")
    if form.get("client_secret") != SECRET:
        raise LoginRefused("invalid_client", "invalid client credentials")


def _by_password(_org: Org, form: Mapping[str, str]) -> None:
    _check_app(form)
    if not _is_our_user(form.get("username", ""), form.get("password", "")):
        raise LoginRefused("invalid_grant", "authentication failure")


def _by_client_credentials(_org: Org, form: Mapping[str, str]) -> None:
    _check_app(form)


def _by_jwt(org: Org, form: Mapping[str, str]) -> None:
    checked = org.jwt_public_key is not None
    try:
        header = jwt.get_unverified_header(form.get("assertion", ""))
        claims = jwt.decode(
            form.get("assertion", ""), org.jwt_public_key or "", algorithms=["RS256"],
            options={"verify_signature": checked, "verify_aud": False, "verify_exp": False},
        )  # fmt: skip
    except jwt.PyJWTError:
        raise LoginRefused("invalid_grant", "invalid assertion") from None
    if header.get("alg") != "RS256":
        raise LoginRefused("invalid_grant", "invalid assertion")
    _check_claims(claims)


def _check_claims(claims: Mapping[str, Any]) -> None:
    if claims.get("iss") != KEY:
        raise LoginRefused("invalid_client_id", "client identifier invalid")
    if claims.get("sub", claims.get("prn")) != USERNAME:
        raise LoginRefused("invalid_grant", "user hasn't approved this consumer")
    if not re.match(r"https?://[^/]+", str(claims.get("aud", ""))):
        raise LoginRefused("invalid_grant", "audience is invalid")
    # simple-salesforce sends the expiry as text, and Salesforce takes it.
    given = str(claims.get("exp"))
    left = float(given) if re.fullmatch(r"\d+(\.\d+)?", given) else 0.0
    if not 0 < left - time.time() <= LONGEST_ASSERTION_S:
        raise LoginRefused("invalid_grant", "expired authorization code")


def _by_nothing(_org: Org, _form: Mapping[str, str]) -> None:
    raise LoginRefused("unsupported_grant_type", "grant type not supported")


_GRANTS: Mapping[str, Callable[[Org, Mapping[str, str]], None]] = {
    "password": _by_password, "client_credentials": _by_client_credentials, JWT_GRANT: _by_jwt,
}  # fmt: skip


def _is_our_user(username: str, password: str) -> bool:
    return username.lower() == USERNAME and password.startswith(PASSWORD)


def _session(org: Org, call: Call) -> dict[str, str]:
    token = f"{org.org_id[:15]}!AQ{secrets.token_urlsafe(48)}"
    org.sessions.add(token)
    identity = f"{call.origin}/id/{org.org_id}/{org.user_id}"
    issued = str(int(time.time() * 1000))
    signature = base64.b64encode(hashlib.sha256(f"{identity}{issued}".encode()).digest()).decode()
    return {
        "access_token": token, "instance_url": call.origin, "id": identity, "token_type": "Bearer",
        "issued_at": issued, "signature": signature, "scope": "api refresh_token",
    }  # fmt: skip


def check_session(org: Org, call: Call) -> None:
    """Raises Refused (401 INVALID_SESSION_ID) unless the call bears a token of ours that still lives."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "oauth") or token.strip() not in org.sessions:
        raise Refused("INVALID_SESSION_ID", "Session expired or invalid", status=401)


def revoke_token(org: Org, call: Call) -> Answer:
    """POST /services/oauth2/revoke."""
    org.sessions.discard(_form(call).get("token", ""))
    return Answer()


_SOAP = '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" {names}><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'


def log_in_by_soap(org: Org, call: Call) -> Answer:
    """POST /services/Soap/u/{version}: the login of older clients."""
    text = call.body.decode("utf-8", "replace")
    given = {
        name: re.search(rf"<(?:\w+:)?{name}[^>]*>(.*?)</", text, re.DOTALL)
        for name in ("username", "password")
    }
    username, password = ((found[1] if found else "") for found in given.values())
    if not _is_our_user(username, password):
        fault = "INVALID_LOGIN: Invalid username, password, security token; or user locked out."
        code = "<faultcode>INVALID_LOGIN</faultcode>"
        detail = f"<detail><sf:LoginFault><sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode><sf:exceptionMessage>{fault[15:]}</sf:exceptionMessage></sf:LoginFault></detail>"
        body = f"<soapenv:Fault>{code}<faultstring>{fault}</faultstring>{detail}</soapenv:Fault>"
        return _soap(500, body, 'xmlns:sf="urn:fault.partner.soap.sforce.com"')
    session = _session(org, call)
    server = escape(f"{call.origin}/services/Soap/u/{call.version}/{org.org_id[:15]}")
    body = (
        f"<loginResponse><result><metadataServerUrl>{server.replace('/u/', '/m/')}</metadataServerUrl>"
        f"<passwordExpired>false</passwordExpired><sandbox>false</sandbox><serverUrl>{server}</serverUrl>"
        f"<sessionId>{escape(session['access_token'])}</sessionId><userId>{org.user_id}</userId><userInfo>"
        f"<organizationId>{org.org_id}</organizationId><userId>{org.user_id}</userId><userName>{USERNAME}</userName>"
        "<sessionSecondsValid>7200</sessionSecondsValid></userInfo></result></loginResponse>"
    )
    return _soap(200, body, 'xmlns="urn:partner.soap.sforce.com"')


def _soap(status: int, body: str, names: str) -> Answer:
    return Answer(
        status=status, body=_SOAP.format(names=names, body=body).encode(), kind="text/xml;charset=UTF-8"
    )
