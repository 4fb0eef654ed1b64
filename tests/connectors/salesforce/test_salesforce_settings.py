from typing import Any

import pytest
from pydantic import ValidationError

from connectors.salesforce.full_ids import eighteen
from connectors.salesforce.settings import SalesforceSettings

TOKEN = {"kind": "token", "token": "env:T", "instance_url": "https://acme.my.salesforce.com/"}


def settings(**given: Any) -> SalesforceSettings:
    return SalesforceSettings.model_validate({"crm": "salesforce", "login": TOKEN} | given)


@pytest.mark.parametrize("text", ["00D5g000004Kwpt", "00D5g000004KwptEAC"])
def test_an_org_id_of_15_or_18_characters_is_one_id(text: str) -> None:
    assert settings(org_id=text).org_id == "00D5g000004KwptEAC"


def test_the_suffix_tells_ids_apart_that_differ_in_capitals_only() -> None:
    assert eighteen("001000000000abc") != eighteen("001000000000ABC")
    assert eighteen("0015000000Gv7qJ") == eighteen("0015000000Gv7qJAAR") == "0015000000Gv7qJAAR"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"org_id": "0015g000004Kwpt"}, "begins with 00D"),
        ({"login": TOKEN | {"token": "hunter2-hunter2"}}, "env:NAME"),
        ({"login": TOKEN | {"kind": "magic"}}, "client_credentials"),
        ({"login": {"kind": "client_credentials", "domain": "login", "key": "env:K", "secret": "env:S"}}, "My Domain"),
        ({"login": {"kind": "password", "username": "u", "password": "env:P"}}, "security_token"),
        ({"login": {"kind": "password", "username": "u", "password": "env:P", "key": "env:K"}}, "belong together"),
        ({"login_url": "http://login.example"}, "https"),
        ({"proxy": "http://me:hunter2@proxy.example:3128"}, "password"),
        ({"proxy": "proxy.example"}, "http://proxy"),
        ({"api_version": "v66.0"}, "api_version"),
        ({"pasword": "hunter2-hunter2"}, "pasword"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_and_no_value_shown(given: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word) as caught:
        settings(**given)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["acme.my", "acme.my.salesforce.com", "https://acme.my.salesforce.com/"])
def test_a_domain_may_be_given_whole(text: str) -> None:
    login = {"kind": "client_credentials", "domain": text, "key": "env:K", "secret": "env:S"}
    assert settings(login=login).model_dump(mode="json")["login"]["domain"] == "acme.my"
