import pathlib

import pytest
from pydantic import BaseModel, ValidationError

from connectors.errors import LoginRefused
from connectors.secret import Redactor, SecretRef


class Login(BaseModel):
    token: SecretRef


def test_a_secret_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KW_TOKEN", " s3cret-value\n")
    reference = Login.model_validate({"token": "env:KW_TOKEN"}).token
    assert reference.read() == "s3cret-value"
    assert (str(reference), repr(reference)) == ("env:KW_TOKEN", "SecretRef('env:KW_TOKEN')")


def test_a_secret_is_read_from_a_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "token"
    path.write_text("s3cret-value\n", encoding="utf-8")
    assert SecretRef(f"file:{path}").read() == "s3cret-value"


@pytest.mark.parametrize("text", ["hunter2-hunter2", "env:", "file: ", "env:A B", "ENV:X", 12345678, None])
def test_anything_but_a_reference_is_refused_without_being_shown(text: object) -> None:
    with pytest.raises(ValidationError, match="env:NAME") as caught:
        Login.model_validate({"token": text})
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value.errors())


@pytest.mark.parametrize("reference", ["env:KW_NOT_SET", "file:no-such-file", "env:KW_EMPTY"])
def test_a_missing_secret_says_where_it_should_be(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KW_EMPTY", "  ")
    with pytest.raises(LoginRefused, match=reference.partition(":")[2]):
        SecretRef(reference).read()


def test_a_config_is_written_back_with_references_only() -> None:
    login = Login.model_validate({"token": "env:KW_TOKEN"})
    assert login.model_dump(mode="json") == {"token": "env:KW_TOKEN"}
    assert Login.model_json_schema()["properties"]["token"]["pattern"] == "^(env|file):.+$"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer SECRETsecret123",
        "Authorization: Basic U0VDUkVUc2VjcmV0MTIzOnB3",
        "https://x/?access_token=SECRETsecret123&a=1",
        '{"access_token": "SECRETsecret123"}',
        "client_secret=SECRETsecret123",
        "token pat-na1-SECRETsecret123 expired",
        "sid 00D000000000001!SECRETsecret123.x_y",
        "<sessionId>SECRETsecret123</sessionId>",
        "assertion eyJhbGciOiJSUzI1NiJ9.SECRETsecret123.sig",
        "-----BEGIN PRIVATE KEY-----\nSECRETsecret123\n-----END PRIVATE KEY-----",
    ],
)
def test_what_looks_like_a_credential_is_taken_out(text: str) -> None:
    shown = Redactor()(text)
    assert "SECRET" not in shown.upper().replace("[SECRET]", "").replace("CLIENT_SECRET", "")
    assert "U0VD" not in shown


def test_a_known_secret_is_taken_out_in_its_url_spelling_too() -> None:
    redact = Redactor(["p@ss/word+1"])
    assert redact("p%40ss%2Fword%2B1 and p@ss/word+1") == "[secret] and [secret]"


def test_ordinary_words_are_left_alone() -> None:
    text = "Basic information: the bearer of this invoice passed; patience, eyJust"
    assert Redactor()(text) == text
