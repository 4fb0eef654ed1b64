import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
import urllib3
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.hubspot.dialect import HubSpotDialect
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any
    headers: Any
    raw: bytes


@dataclass(slots=True)
class Portal:
    """A portal on loopback, spoken to as any program would."""

    dialect: HubSpotDialect
    world: World
    url: str
    pool: urllib3.PoolManager

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        data = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
        sent = {"Authorization": "Bearer pat-sandbox-token", "Content-Type": "application/json", **headers}
        answer = self.pool.request(
            method, self.url + path, body=data, headers=sent, retries=False, timeout=10
        )
        as_json = answer.data and "json" in answer.headers.get("content-type", "")
        return Reply(
            answer.status, orjson.loads(answer.data) if as_json else None, answer.headers, answer.data
        )

    def objects(self, family: str, rest: str) -> str:
        return ("/crm/v3/objects/" if family == "v3" else "/crm/objects/2026-09/") + rest

    def make(self, object_name: str, **properties: Any) -> str:
        reply = self.ask("POST", f"/crm/v3/objects/{object_name}", {"properties": properties})
        assert reply.status == 201, reply.body
        return str(reply.body["id"])

    def search(self, object_name: str, **body: Any) -> Reply:
        return self.ask("POST", f"/crm/v3/objects/{object_name}/search", body)

    def find(self, object_name: str, name: str, operator: str, **values: Any) -> list[str]:
        only = {"propertyName": name, "operator": operator, **values}
        reply = self.search(object_name, filterGroups=[{"filters": [only]}])
        assert reply.status == 200, reply.body
        return [row["id"] for row in reply.body["results"]]


class Front:
    """One server for all tests: whatever portal is open now answers."""

    def __init__(self) -> None:
        self.app: ASGIApp = Starlette()
        self.url = ""
        self.pool = urllib3.PoolManager()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def front() -> Iterator[Front]:
    front = Front()
    listening = socket.create_server(("127.0.0.1", 0))
    # asyncio sets it for sockets of its own making only; without it every answer waits 40 ms for an ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    front.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(front, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield front
    front.pool.clear()
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def open_portal(front: Front) -> Callable[..., Portal]:
    def open_one(world: World | None = None) -> Portal:
        world = world or World()
        dialect = HubSpotDialect(world)
        front.app = Starlette(routes=dialect.routes())
        return Portal(dialect, world, front.url, front.pool)

    return open_one


@pytest.fixture
def portal(open_portal: Callable[..., Portal]) -> Portal:
    return open_portal()
