"""One request from its first byte to its last: written down, struck by a fault or handled whole, answered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.faults import Action, Fault, FaultPlan
from sandbox.journal import Entry, Journal
from sandbox.wire import Answer, Line, answer_of, whole_body
from sandbox.world import World

CONTROL = "/_sandbox/"
"""Paths for the person who runs the sandbox: never struck, never written down."""


class Exchange:
    """Stands before the whole app and lets one request at a time through, each one transaction of the store."""

    def __init__(
        self, app: ASGIApp, world: World, *, journal: Journal, faults: FaultPlan, dialects: Mapping[str, str]
    ) -> None:
        """`dialects` says whose path it is by the first step of the path, such as `services`."""
        self._app, self._world, self._journal, self._faults, self._dialects = (
            app,
            world,
            journal,
            faults,
            dialects,
        )
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's entrance; the server is asked for HTTP only."""
        line = Line(receive, send, self._world.clock.now)
        body = await whole_body(receive)
        if body is None:
            return
        if scope["path"].startswith(CONTROL):
            await line.deliver(await self._handled(scope, body, entry=None))
            return
        method, path, query = (
            scope["method"],
            scope["path"],
            unquote_plus(scope["query_string"].decode("latin-1")),
        )
        dialect = self._dialects.get(path.split("/", 2)[1], "")
        entry = self._journal.note(
            at=self._world.clock.now(), method=method, path=path, query=query, dialect=dialect, body=body
        )
        fault = self._faults.due(method=method, path=path, query=query, body=body)
        if fault is None:
            await line.deliver(await self._handled(scope, body, entry=entry))
            return
        entry.fault, entry.status = fault.action, fault.status
        await _STRIKES[fault.action](fault, line, lambda: self._handled(scope, body, entry=entry))

    async def _handled(self, scope: Scope, body: bytes, *, entry: Entry | None) -> Answer:
        async with self._turn:
            with self._world.store.transaction():
                answer = await answer_of(self._app, scope, body)
        if entry is not None:
            entry.answered(answer.status, answer.body)
        if any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"]):
            answer.compress()
        return answer


Handle = Callable[[], Awaitable[Answer]]


async def _answer_so(fault: Fault, line: Line, handle: Handle) -> None:
    await line.deliver(fault.answer())


async def _answer_late(fault: Fault, line: Line, handle: Handle) -> None:
    answer = await handle()
    try:
        await asyncio.wait_for(line.left(), fault.delay_s or 0)
    except TimeoutError:
        await line.deliver(answer)


async def _answer_half(fault: Fault, line: Line, handle: Handle) -> None:
    await line.deliver_half(await handle())


async def _reset(fault: Fault, line: Line, handle: Handle) -> None:
    await line.reset()


async def _commit_and_drop(fault: Fault, line: Line, handle: Handle) -> None:
    await handle()
    await line.drop()


_STRIKES: Mapping[Action, Callable[[Fault, Line, Handle], Awaitable[None]]] = {
    "status": _answer_so, "delay_s": _answer_late, "truncate": _answer_half, "reset": _reset, "commit_and_drop": _commit_and_drop,
}  # fmt: skip
