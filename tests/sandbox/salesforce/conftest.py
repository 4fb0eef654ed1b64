"""A Salesforce org on loopback for each test, spoken to by the real client or by raw requests."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import uvicorn
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.salesforce.dialect import SalesforceDialect
from sandbox.world import World

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LOGIN = {"client_id": "sandbox-key", "client_secret": "sandbox-secret"}


class _Loopback(HTTPAdapter):
    """Sends what simple-salesforce means for https to our plain port."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        super().__init__()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        parts = urlsplit(str(request.url))
        request.url = f"{self.origin}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        options["timeout"] = 10
        return super().send(request, **options)


@dataclass
class Running:
    """One org, served."""

    dialect: SalesforceDialect
    origin: str
    session: requests.Session

    @property
    def world(self) -> World:
        return self.dialect.org.world

    def log_in(self) -> str:
        """A token by client credentials, which the session bears from then on."""
        form = LOGIN | {"grant_type": "client_credentials"}
        token: str = self.session.post(f"{self.origin}/services/oauth2/token", data=form, timeout=10).json()[
            "access_token"
        ]
        self.session.headers["Authorization"] = f"Bearer {token}"
        return token

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """A request under /services/data/v66.0, or to `path` as it is when it begins with /services."""
        where = path if path.startswith(("/services", "/_sandbox", "/id")) else f"/services/data/v66.0{path}"
        return self.session.request(method, f"{self.origin}{where}", timeout=10, **options)

    def rows(self, soql: str, *, deleted: bool = False) -> list[dict[str, Any]]:
        """Every record of the first page."""
        answer = self.call("GET", "/queryAll" if deleted else "/query", params={"q": soql})
        assert answer.status_code == 200, answer.text
        records: list[dict[str, Any]] = answer.json()["records"]
        return records

    def refusal(self, soql: str) -> tuple[str, str]:
        """Code and words of a query's refusal."""
        answer = self.call("GET", "/query", params={"q": soql})
        assert answer.status_code == 400, answer.text
        return answer.json()[0]["errorCode"], answer.json()[0]["message"]

    def create(self, object_name: str, **values: Any) -> str:
        """A record, and its id."""
        answer = self.call("POST", f"/sobjects/{object_name}", json=values)
        assert answer.status_code == 201, answer.text
        record_id: str = answer.json()["id"]
        return record_id

    def client(self, **login: Any) -> Salesforce:
        """The real client."""
        self.session.mount("https://", _Loopback(self.origin))
        login = login or {
            "consumer_key": "sandbox-key",
            "consumer_secret": "sandbox-secret",
            "domain": "sandbox.my",
        }
        return Salesforce(session=self.session, version="66.0", **login)


class _Switchboard:
    """One server for all tests of a run; each test connects an org of its own."""

    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app is not None:
            await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def switchboard() -> Iterator[tuple[_Switchboard, str]]:
    """The server and its origin."""
    board = _Switchboard()
    server = uvicorn.Server(
        uvicorn.Config(board, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    )
    ready = threading.Event()
    original = server.startup

    async def startup(sockets: Any = None) -> None:
        await original(sockets=sockets)
        ready.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    assert ready.wait(10)
    yield board, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def served(switchboard: tuple[_Switchboard, str]) -> Iterator[Running]:
    """An org without a login yet; its clock stands at NOW and runs."""
    board, origin = switchboard
    world = World()
    world.clock.set(NOW)
    dialect = SalesforceDialect(world)
    board.app = Starlette(routes=dialect.routes())
    with requests.Session() as session:
        session.trust_env = False
        yield Running(dialect=dialect, origin=origin, session=session)


@pytest.fixture
def org(served: Running) -> Running:
    """An org with a login."""
    served.log_in()
    return served
