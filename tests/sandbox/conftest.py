"""A sandbox whose only dialect is a notebook, for what holds whoever speaks."""

import asyncio
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.app import build_app
from sandbox.certificate import throw_away_certificate
from sandbox.faults import FaultPlan
from sandbox.server import open_ports, serve
from sandbox.world import DataRefused, Dialect, World
from tests.sandbox_process import RunningSandbox, trusting_pool


class Notebook:
    """Keeps lines of text under /notebook."""

    name = "notebook"

    def __init__(self, world: World) -> None:
        self.store = world.store
        self.store.define("notes", {"text": "TEXT"})
        self.tasks: list[dict[str, str]] = []
        self.clients: list[dict[str, str]] = []

    def object_names(self) -> list[str]:
        return ["User", "notes"]

    def load(self, object_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
        count = 0
        for count, row in enumerate(rows, 1):
            if set(row) != {"text"}:
                raise DataRefused(row=0, reason="the field of a note is text")
            if row["text"] == "bad":
                raise DataRefused(row=count, reason="a note may not be bad")
            self.store.insert_many("notes", ["text"], [[row["text"]]])
        return count

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/notebook", self._read, methods=["GET"]),
            Route("/notebook", self._write, methods=["POST"]),
            Route("/notebook/search", self._read, methods=["POST"]),
            Route("/notebook/oauth/token", self._read, methods=["POST"]),
            Route("/notebook/long", self._long),
            Route("/notebook/broken", self._broken, methods=["POST"]),
        ]

    def dump(self, only: str | None = None) -> dict[str, list[dict[str, Any]]]:
        if only not in (None, "notes"):
            return {}
        return {"notes": [dict(row) for row in self.store.query("SELECT text FROM notes")]}

    def tasks_for_people(self) -> list[dict[str, str]]:
        return self.tasks

    def clients_for_people(self) -> list[dict[str, str]]:
        return self.clients

    async def _read(self, request: Request) -> Response:
        return JSONResponse([row["text"] for row in self.store.query("SELECT text FROM notes")])

    async def _write(self, request: Request) -> Response:
        self.store.insert_many("notes", ["text"], [[(await request.body()).decode()]])
        return Response(status_code=204)

    async def _long(self, request: Request) -> Response:
        return StreamingResponse(iter([b"x" * 1000] * 10), media_type="text/plain")

    async def _broken(self, request: Request) -> Response:
        await self._write(request)
        raise ArithmeticError("meant to break")


@contextmanager
def _running(world: World, dialects: list[Dialect], faults: FaultPlan) -> Iterator[RunningSandbox]:
    """Serves the app from a thread while the block lasts."""
    listening = threading.Event()
    end = []

    async def run() -> None:
        stop = asyncio.Event()
        end.append((asyncio.get_running_loop(), stop))
        await serve(build_app(world, dialects, faults), ports, certificate, ready=listening.set, stop=stop)

    with open_ports(0, 0) as ports, throw_away_certificate() as certificate:
        thread = threading.Thread(target=lambda: asyncio.run(run()))
        thread.start()
        assert listening.wait(10)
        ca_file = str(certificate.ca_file)
        with trusting_pool(ca_file) as pool:
            yield RunningSandbox(**ports.urls(), ca_file=ca_file, pid=0, pool=pool)
        loop, stop = end[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


class NotebookSandbox:
    """The running notebook; `notes` is what its store holds."""

    def __init__(self, running: RunningSandbox, world: World, dialect: Notebook) -> None:
        self.running, self.world, self.dialect = running, world, dialect

    @property
    def notes(self) -> list[str]:
        return [row["text"] for row in self.world.store.query("SELECT text FROM notes")]


@pytest.fixture(scope="session")
def notebook_server() -> Iterator[NotebookSandbox]:
    world = World()
    dialect = Notebook(world)
    with _running(world, [dialect], FaultPlan()) as running:
        yield NotebookSandbox(running, world, dialect)


@pytest.fixture
def notebook(notebook_server: NotebookSandbox) -> NotebookSandbox:
    """The notebook, with nothing written, remembered or planned to fail."""
    notebook_server.running.forget()
    notebook_server.running.delete("/_sandbox/faults")
    notebook_server.world.store.execute("DELETE FROM notes")
    notebook_server.dialect.tasks, notebook_server.dialect.clients = [], []
    return notebook_server


@pytest.fixture
def crm(notebook: NotebookSandbox) -> RunningSandbox:
    """The way in to the notebook."""
    return notebook.running
