"""One request's connection, and what can happen to an answer on its way: arrive, arrive in part, never arrive."""

import asyncio
import socket
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_GZIP = 31
"""zlib's word for a gzip header around its bytes."""
_SMALL = 1_000
"""Bytes below which compressing costs more than it saves."""

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True, kw_only=True)
class Answer:
    """A whole answer, before a byte of it is sent."""

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    def compress(self) -> None:
        """Packs the body with gzip, as both vendors do for clients that accept it."""
        if len(self.body) < _SMALL or any(name == b"content-encoding" for name, _ in self.headers):
            return
        self.body = zlib.compress(self.body, level=1, wbits=_GZIP)
        self.headers = [(name, value) for name, value in self.headers if name != b"content-length"]
        self.headers += [
            (b"content-encoding", b"gzip"),
            (b"vary", b"Accept-Encoding"),
            (b"content-length", b"%d" % len(self.body)),
        ]


@lru_cache(maxsize=256)
def _names_gzip(accepted: bytes) -> bool:
    for entry in accepted.lower().split(b","):
        coding, _, quality = entry.partition(b";")
        if coding.strip() in (b"gzip", b"x-gzip", b"*"):
            return float(quality.partition(b"=")[2] or 1) > 0
    return False


def accepts_gzip(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the client can unpack a body; `gzip;q=0` says that it cannot."""
    try:
        return any(name == b"accept-encoding" and _names_gzip(value) for name, value in headers)
    except ValueError:
        return False


async def whole_body(receive: Receive) -> bytes | None:
    """The request's body, chunked or not; None where the client left before its end."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def answer_of(app: ASGIApp, scope: Scope, body: bytes) -> Answer:
    """What `app` answers to a request with this body."""
    answer, parts = Answer(), list[bytes]()
    request: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not request:
            # A streaming answer listens for the client leaving, until it is through; here nobody leaves.
            await asyncio.get_running_loop().create_future()
        return request.pop()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], list(message["headers"])
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    answer.body = b"".join(parts)
    # The answer is whole, so its length is known even where the app streamed it.
    kept = [
        (name, value)
        for name, value in answer.headers
        if name not in (b"transfer-encoding", b"content-length")
    ]
    answer.headers = (
        kept if answer.status in (204, 304) else [*kept, (b"content-length", b"%d" % len(answer.body))]
    )
    return answer


class Line:
    """The connection of one request."""

    def __init__(self, receive: Receive, send: Send, now: Callable[[], datetime]) -> None:
        self._receive, self._send, self._now = receive, send, now

    async def left(self) -> None:
        """Returns when the client has hung up."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def deliver(self, answer: Answer) -> None:
        """Sends the whole answer."""
        await self._start(answer)
        await self._send({"type": "http.response.body", "body": answer.body, "more_body": False})

    async def deliver_half(self, answer: Answer) -> None:
        """Promises the full length, sends half of the body and hangs up."""
        await self._start(answer)
        await self._send(
            {"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True}
        )
        self._transport().close()
        await self._gone()

    async def drop(self) -> None:
        """Hangs up without a byte of answer."""
        self._transport().abort()
        await self._gone()

    async def reset(self) -> None:
        """Hangs up hard: the client sees a connection reset (a TCP RST) where `drop` shows it an end."""
        raw = self._transport().get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await self.drop()

    async def _start(self, answer: Answer) -> None:
        # The CRM's own clock, as clients measure their skew by it; the server would say the machine's.
        date = (b"date", format_datetime(self._now(), usegmt=True).encode())
        headers = [*answer.headers, date]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})

    def _transport(self) -> asyncio.Transport:
        # ASGI has no word for hanging up. uvicorn's `send` is a method of the object that holds the transport
        # (protocols/http/httptools_impl.py, RequestResponseCycle), as long as no middleware stands in between.
        cycle: Any = self._send.__self__  # type: ignore[attr-defined]
        return cast(asyncio.Transport, cycle.transport)

    async def _gone(self) -> None:
        # uvicorn calls an unfinished answer an error unless it has seen the connection end.
        while (await self._receive())["type"] != "http.disconnect":
            pass
