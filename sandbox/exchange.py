"""One request from its first byte to its last: written down, struck by a fault or handled whole, answered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.faults import Action, Fault, FaultPlan
from sandbox.journal import Entry, Journal
from sandbox.page_cache import PageCache
from sandbox.wire import Answer, Line, accepts_gzip, answer_of, whole_body
from sandbox.world import World

CONTROL = "/_sandbox/"
"""Paths for the person who runs the sandbox: never struck, never written down."""


class Exchange:
    """Stands before the whole app and lets one request at a time through, each one transaction of the store."""

    def __init__(
        self,
        app: ASGIApp,
        world: World,
        *,
        journal: Journal,
        faults: FaultPlan,
        dialects: Mapping[str, str],
        pages: PageCache,
    ) -> None:
        """`dialects` says whose path it is by the first step of the path, such as `services`."""
        self._app, self._world, self._journal, self._faults = app, world, journal, faults
        self._dialects, self._pages = dialects, pages
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's entrance; the server is asked for HTTP only."""
        line = Line(receive, send, self._world.clock.now)
        body = await whole_body(receive)
        if body is None:
            return
        if scope["path"].startswith(CONTROL):
            await line.deliver(await self._carried_out(scope, body, changes=scope["method"] != "GET"))
            return
        entry, fault = self._seen(scope, body)
        if fault is None:
            answer = await self._handled(scope, body, entry)
            await self._travel()
            await line.deliver(answer)
            return
        entry.fault, entry.status = fault.action, fault.status
        await self._travel()
        await _STRIKES[fault.action](fault, line, lambda: self._handled(scope, body, entry))

    def _seen(self, scope: Scope, body: bytes) -> tuple[Entry, Fault | None]:
        method, path = scope["method"], scope["path"]
        query = unquote_plus(scope["query_string"].decode("latin-1"))
        dialect = self._dialects.get(path.split("/", 2)[1], "")
        entry = self._journal.note(
            at=self._world.clock.now(), method=method, path=path, query=query, dialect=dialect, body=body
        )
        return entry, self._faults.due(method=method, path=path, query=query, body=body)

    async def _travel(self) -> None:
        if self._world.switches.latency_ms:
            await asyncio.sleep(self._world.switches.latency_ms / 1000)

    async def _handled(self, scope: Scope, body: bytes, entry: Entry) -> Answer:
        if not self._world.switches.page_cache:
            answer = await self._carried_out(scope, body, changes=entry.writes)
            return _packed(answer, scope, entry)
        asked = (entry.method, entry.path, scope["query_string"], body, accepts_gzip(scope["headers"]))
        kept = self._pages.find(asked)
        if kept is not None:
            answer = self._pages.renewed(entry.dialect, scope, kept)
            entry.repeated(answer.status, kept.whole_bytes)
            return answer
        answer = await self._carried_out(scope, body, changes=entry.writes)
        whole_bytes = len(answer.body)
        answer = _packed(answer, scope, entry)
        self._pages.keep(entry.dialect, asked, answer, whole_bytes=whole_bytes)
        return answer

    async def _carried_out(self, scope: Scope, body: bytes, *, changes: bool) -> Answer:
        async with self._turn:
            with self._world.store.transaction():
                answer = await answer_of(self._app, scope, body)
            if changes:
                self._pages.forget()
        return answer


def _packed(answer: Answer, scope: Scope, entry: Entry) -> Answer:
    entry.answered(answer.status, answer.body)
    if accepts_gzip(scope["headers"]):
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
