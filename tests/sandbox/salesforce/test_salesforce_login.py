"""Who the Salesforce side lets in."""

import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.sandbox.salesforce.conftest import LOGIN, Running

PASSWORD = LOGIN | {
    "grant_type": "password",
    "username": "admin@sandbox.example",
    "password": "sandbox-password",
}


def token(served: Running, form: dict[str, str]) -> requests.Response:
    return served.session.post(f"{served.origin}/services/oauth2/token", data=form, timeout=10)


def assertion(key: rsa.RSAPrivateKey, **claims: object) -> dict[str, str]:
    body = {"iss": "sandbox-key", "sub": "admin@sandbox.example", "aud": "https://login.salesforce.com"}
    signed = jwt.encode(body | {"exp": int(time.time()) + 180} | claims, key, algorithm="RS256")
    return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_the_real_client_logs_in_by_client_credentials_and_by_password(served: Running) -> None:
    by_app = served.client()
    by_password = served.client(
        username="admin@sandbox.example", password="sandbox-password", consumer_key="sandbox-key",
        consumer_secret="sandbox-secret", domain="sandbox.my",
    )  # fmt: skip
    assert by_app.session_id != by_password.session_id
    assert by_password.query("SELECT Id FROM User")["totalSize"] == 1


def test_the_real_client_logs_in_by_soap_with_a_security_token(served: Running) -> None:
    client = served.client(
        username="admin@sandbox.example", password="sandbox-password", security_token="abc"
    )
    assert client.query("SELECT Id FROM User")["totalSize"] == 1


def test_a_token_names_the_host_that_was_asked(served: Running) -> None:
    answer = token(served, PASSWORD).json()
    assert answer["instance_url"] == served.origin
    assert answer["id"].startswith(f"{served.origin}/id/00D5g000004KwptEAC/005")
    assert answer["token_type"] == "Bearer"
    assert answer["issued_at"].isdigit()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"password": "wrong"}, "invalid_grant"),
        ({"username": "other@sandbox.example"}, "invalid_grant"),
        ({"client_id": "other"}, "invalid_client_id"),
        ({"client_secret": "other"}, "invalid_client"),
        ({"grant_type": "magic"}, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_refused_in_oauths_own_shape(
    served: Running, change: dict[str, str], error: str
) -> None:
    answer = token(served, PASSWORD | change)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]


def test_a_jwt_logs_in(served: Running, key: rsa.RSAPrivateKey) -> None:
    assert token(served, assertion(key)).status_code == 200


@pytest.mark.parametrize(
    "claims", [{"sub": "other@x.example"}, {"exp": 1}, {"exp": 9999999999}, {"aud": "nowhere"}]
)
def test_a_jwt_with_a_wrong_claim_is_refused(
    served: Running, key: rsa.RSAPrivateKey, claims: dict[str, object]
) -> None:
    answer = token(served, assertion(key, **claims))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_registered_key_is_checked(served: Running, key: rsa.RSAPrivateKey) -> None:
    served.call("POST", "/_sandbox/salesforce/jwt-key", data=public(key))
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert token(served, assertion(key)).status_code == 200
    assert token(served, assertion(other)).json()["error"] == "invalid_grant"


def test_no_token_no_data(served: Running) -> None:
    answer = served.call("GET", "/limits")
    assert answer.status_code == 401
    assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_expired_tokens_stop_working(org: Running) -> None:
    assert org.call("GET", "/limits").status_code == 200
    assert org.call("POST", "/_sandbox/salesforce/expire").json() == {"expired": 1}
    assert org.call("GET", "/limits").status_code == 401


def test_a_wrong_soap_login_is_a_fault(served: Running) -> None:
    body = "<e><username>admin@sandbox.example</username><password>no</password></e>"
    answer = served.call("POST", "/services/Soap/u/59.0", data=body, headers={"Content-Type": "text/xml"})
    assert answer.status_code == 500
    assert "<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>" in answer.text


def test_userinfo_says_who_and_where(org: Running) -> None:
    info = org.call("GET", "/services/oauth2/userinfo").json()
    assert info["organization_id"] == "00D5g000004KwptEAC"
    assert info["email"] == "admin@sandbox.example"
    assert len(info["user_id"]) == 18
    assert info["zoneinfo"] == "GMT"
