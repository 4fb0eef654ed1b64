"""Serves one app on two loopback ports, HTTPS and plain HTTP, from one event loop."""

import asyncio
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from sandbox.certificate import Certificate
from sandbox.refused import Refused

_IDLE_S = 75
"""How long an idle connection stays open; connection pools of other clients expect about a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The two listening sockets, bound to 127.0.0.1."""

    https: socket.socket
    http: socket.socket

    def urls(self) -> dict[str, str]:
        """`https_url` and `http_url`, without a slash at the end."""
        return {
            f"{scheme}_url": f"{scheme}://127.0.0.1:{getattr(self, scheme).getsockname()[1]}"
            for scheme in ("https", "http")
        }


@contextmanager
def open_ports(https: int, http: int) -> Iterator[Ports]:
    """Takes both ports, 0 meaning a free one; raises Refused where one is taken."""
    with ExitStack() as stack:
        yield Ports(
            https=stack.enter_context(_listening("--port", https)),
            http=stack.enter_context(_listening("--http-port", http)),
        )


def _listening(option: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server(("127.0.0.1", port), backlog=256)
    except OSError as error:
        raise Refused(
            f"{option}: cannot listen on port {port} ({error.strerror}); give another one, or 0 for a free one"
        ) from error
    # asyncio does this only for sockets that were made with a protocol number; without it each answer of two
    # writes waits 40 ms for the other side's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Server(uvicorn.Server):
    """One port; signals are the caller's business, since two servers share them."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


async def serve(
    app: ASGIApp, ports: Ports, certificate: Certificate, *, ready: Callable[[], None], stop: asyncio.Event
) -> None:
    """Serves until `stop` is set; calls `ready` once, when both ports answer."""
    servers = {ports.https: _server(app, certificate), ports.http: _server(app, None)}
    async with asyncio.TaskGroup() as tasks:
        for port, server in servers.items():
            tasks.create_task(server.serve(sockets=[port]))
        for server in servers.values():
            await server.listening.wait()
        ready()
        await stop.wait()
        for server in servers.values():
            server.should_exit = True


def _server(app: ASGIApp, certificate: Certificate | None) -> _Server:
    config = uvicorn.Config(
        app, http="httptools", ws="none", lifespan="off", log_level="warning", access_log=False, server_header=False, date_header=False,
        proxy_headers=False, timeout_keep_alive=_IDLE_S, timeout_graceful_shutdown=1,
        ssl_context_factory=None if certificate is None else lambda *_: certificate.context,
    )  # fmt: skip
    return _Server(config)
