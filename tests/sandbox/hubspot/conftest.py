import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
import urllib3
import uvicorn
from starlette.applications import Starlette

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


def serve(app: Starlette) -> tuple[uvicorn.Server, threading.Thread, int]:
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    )
    started = threading.Event()
    original = server.startup

    async def startup(*args: Any, **more: Any) -> None:
        await original(*args, **more)
        started.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(10)
    return server, thread, server.servers[0].sockets[0].getsockname()[1]


@pytest.fixture
def open_portal() -> Iterator[Callable[..., Portal]]:
    running: list[tuple[uvicorn.Server, threading.Thread, urllib3.PoolManager]] = []

    def open_one(world: World | None = None) -> Portal:
        world = world or World()
        dialect = HubSpotDialect(world)
        server, thread, port = serve(Starlette(routes=dialect.routes()))
        pool = urllib3.PoolManager()
        running.append((server, thread, pool))
        return Portal(dialect, world, f"http://127.0.0.1:{port}", pool)

    yield open_one
    for server, thread, pool in running:
        pool.clear()
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def portal(open_portal: Callable[..., Portal]) -> Portal:
    return open_portal()
