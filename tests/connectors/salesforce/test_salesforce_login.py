import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.errors import LoginRefused, QuotaSpent, Refused, Temporary, WrongOrg
from tests.connectors.salesforce.conftest import LOGIN, NOW, Connect
from tests.sandbox_process import RunningSandbox

USER = "admin@sandbox.example"
PASSWORD = {"kind": "password", "username": USER, "password": "env:KW_PW"}
JWT = {
    "kind": "jwt",
    "username": USER,
    "key": "env:KW_SF_KEY",
    "private_key": "env:KW_PEM",
    "audience": "login",
}


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


@pytest.mark.parametrize(
    "login",
    [
        LOGIN,
        PASSWORD | {"key": "env:KW_SF_KEY", "secret": "env:KW_SF_SECRET"},
        PASSWORD | {"security_token": "env:KW_ST"},
        JWT,
        JWT | {"domain": "acme.my"},
    ],
    ids=["client credentials", "password", "SOAP", "JWT", "JWT on My Domain"],
)
def test_every_way_to_log_in_reaches_the_org(
    org: RunningSandbox,
    connect: Connect,
    login: dict[str, Any],
    private_key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"KW_PW": "sandbox-password", "KW_ST": "token123", "KW_PEM": private_key}.items():
        monkeypatch.setenv(name, value)
    probe = connect(org, login=login).probe()
    assert (probe.org_id[:3], probe.user) == ("00D", USER)
    assert probe.calls_left


def test_the_time_is_the_crms_own(org: RunningSandbox, connect: Connect) -> None:
    assert connect(org).probe().server_now.date().isoformat() == NOW[:10]


def test_a_session_id_from_elsewhere_serves_until_it_ends(
    org: RunningSandbox, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"grant_type": "client_credentials", "client_id": "sandbox-key", "client_secret": "sandbox-secret"}
    given = org.pool.request(
        "POST", f"{org.https_url}/services/oauth2/token", fields=form, encode_multipart=False
    )
    monkeypatch.setenv("KW_TOKEN", given.json()["access_token"])
    connector = connect(org, login={"kind": "token", "token": "env:KW_TOKEN", "instance_url": org.https_url})
    assert connector.probe().org_id
    org.fault(
        {
            "match": {"path": "/query"},
            "status": 401,
            "body": [{"errorCode": "INVALID_SESSION_ID", "message": "x"}],
        }
    )
    with pytest.raises(LoginRefused):
        connector.probe()


def test_wrong_credentials_are_refused_once_and_not_shown(
    org: RunningSandbox, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KW_SF_SECRET", "wrong-wrong-wrong")
    connector = connect(org)
    with pytest.raises(LoginRefused, match="Check key and secret") as caught:
        connector.probe()
    assert "wrong-wrong" not in str(caught.value)
    assert connector.calls.transport.calls == 1


def test_a_missing_secret_is_told_before_any_request(
    org: RunningSandbox, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KW_SF_SECRET")
    connector = connect(org)
    with pytest.raises(LoginRefused, match="KW_SF_SECRET"):
        connector.probe()
    assert connector.calls.transport.calls == 0


def test_a_private_key_that_is_none_is_told(
    org: RunningSandbox, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KW_PEM", "not-a-key-at-all")
    with pytest.raises(LoginRefused, match="private_key") as caught:
        connect(org, login=JWT).probe()
    assert "not-a-key" not in str(caught.value)


def test_a_session_that_ended_is_renewed_once(org: RunningSandbox, connect: Connect) -> None:
    connector = connect(org)
    connector.probe()
    ended = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
    org.fault({"match": {"path": "/query", "nth": 1}, "status": 401, "body": ended})
    connector.describe("Account")
    connector.calls.query("SELECT Id FROM User")
    assert connector.calls.transport.calls_by_kind["login"] == 2


def test_a_login_that_never_helps_ends_after_three_requests(org: RunningSandbox, connect: Connect) -> None:
    connector = connect(org)
    connector.probe()
    before = connector.calls.transport.calls
    org.fault({"match": {"path": "/services/data"}, "status": 401, "body": "<html>nope</html>"})
    with pytest.raises(LoginRefused):
        connector.probe() and connector.describe("Account")
    assert connector.calls.transport.calls - before <= 3


def test_a_busy_login_is_tried_again(org: RunningSandbox, connect: Connect) -> None:
    busy = {"error": "server_error", "error_description": "try later"}
    org.fault({"match": {"path": "oauth2/token", "nth": 1}, "status": 503, "body": "<html>busy</html>"})
    org.fault({"match": {"path": "oauth2/token", "nth": 2}, "status": 500, "body": busy})
    assert connect(org).probe().org_id


def test_another_org_than_the_pinned_one_is_refused_before_a_write(
    org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(org, org_id="00D000000000001")
    org.forget()
    for write in (
        lambda: connector.probe(),
        lambda: connector.setup(write=True),
        lambda: connector.create([]),
    ):
        with pytest.raises(WrongOrg, match="Correct org_id"):
            write()
    assert all("oauth2/token" in seen["path"] for seen in org.journal(writes=True))


def test_an_authority_that_is_not_trusted_is_told_with_the_remedy(
    org: RunningSandbox, connect: Connect
) -> None:
    with pytest.raises(Refused, match="ca_file"):
        connect(org, ca_file=None).probe()


@pytest.mark.parametrize("text", [None, "not a certificate"])
def test_a_ca_file_without_a_certificate_is_told_before_any_request(
    org: RunningSandbox, connect: Connect, tmp_path: Path, text: str | None
) -> None:
    if text:
        (tmp_path / "ca.pem").write_text(text, encoding="utf-8")
    connector = connect(org, ca_file=tmp_path / "ca.pem")
    with pytest.raises(Refused, match="ca_file"):
        connector.probe()
    assert connector.calls.transport.calls == 0


def test_a_host_that_is_not_there_is_temporary(org: RunningSandbox, connect: Connect) -> None:
    with pytest.raises(Temporary, match="cannot be reached"):
        connect(org, login_url="https://127.0.0.1:9").probe()


def test_a_call_limit_ends_the_run_before_it_is_passed(org: RunningSandbox, connect: Connect) -> None:
    connector = connect(org, call_limit=3)
    connector.probe()
    org.forget()
    with pytest.raises(QuotaSpent, match="call_limit"):
        connector.describe("Account")
    assert org.journal() == []


def test_the_soap_stack_is_not_loaded_before_a_login() -> None:
    code = "import sys, connectors.salesforce.connector; sys.exit('simple_salesforce' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
