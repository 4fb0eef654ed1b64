"""What a client is called where the CRM has no name for it."""

import pytest

from tests.rules.plain_org import client
from tests.rules.small_org import judge_orgs


@pytest.mark.parametrize(
    ("name", "domain", "called"),
    [
        ("Acme", "acme.example", "Acme"),
        (None, "acme.example", "acme.example"),
        (None, None, "a client without a name"),
    ],
)
def test_every_client_is_called_something(name: str | None, domain: str | None, called: str) -> None:
    assert judge_orgs(client(name=name, domain=domain)).account["account_name"] == called
