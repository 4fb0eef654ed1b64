"""The paths under /_sandbox/: what was asked, what is stored, what time it is, what goes wrong."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import FaultPlan, read_faults
from sandbox.instants import read_instant
from sandbox.journal import Journal
from sandbox.refused import Refused, unknown
from sandbox.switches import set_switches, show_switches
from sandbox.world import Dialect, World

_YES_OR_NO: Mapping[str, bool] = {"true": True, "false": False, "1": True, "0": False}


class Control:
    """Answers the person or test that runs the sandbox; a refused request is a 400 with the reason under `error`."""

    def __init__(
        self, world: World, dialects: Sequence[Dialect], *, journal: Journal, faults: FaultPlan
    ) -> None:
        self._world, self._dialects, self._journal, self._faults = world, dialects, journal, faults

    def routes(self) -> list[Route]:
        """All of /_sandbox/."""
        handlers: Mapping[tuple[str, str], Callable[[Request], Awaitable[Any]]] = {
            ("GET", "journal"): self._show_journal, ("DELETE", "journal"): self._clear_journal,
            ("GET", "state"): self._show_state,
            ("GET", "clock"): self._show_clock, ("POST", "clock"): self._set_clock,
            ("GET", "switches"): self._show_switches, ("POST", "switches"): self._set_switches,
            ("GET", "faults"): self._show_faults, ("POST", "faults"): self._add_faults, ("DELETE", "faults"): self._clear_faults,
        }  # fmt: skip
        return [
            Route(f"/_sandbox/{name}", _answering(handler), methods=[method])
            for (method, name), handler in handlers.items()
        ]

    async def _show_journal(self, request: Request) -> Any:
        asked = _known(request, {"method", "path", "since", "writes", "bodies"})
        since = asked.get("since", "0")
        if not since.isdecimal():
            raise Refused(f"since: {since!r} is not the number of a request")
        try:
            entries = self._journal.entries(
                method=asked.get("method", ""),
                path=asked.get("path", ""),
                since=int(since),
                writes=_flag(asked, "writes"),
            )
            shown = [entry.show(bodies=bool(_flag(asked, "bodies"))) for entry in entries]
        except re.error as error:
            raise Refused(f"path: {asked['path']!r} is not a regular expression: {error}") from error
        return {"seen": self._journal.seen, "requests": shown}

    async def _clear_journal(self, request: Request) -> Any:
        self._journal.clear()
        return {"seen": 0, "requests": []}

    async def _show_state(self, request: Request) -> Any:
        wanted = _known(request, {"object"}).get("object")
        state = {dialect.name: dialect.dump(wanted) for dialect in self._dialects}
        found = {name: objects for name, objects in state.items() if objects or wanted is None}
        if not found:
            known = [name for dialect in self._dialects for name in dialect.dump()]
            raise Refused(unknown("object", str(wanted), known))
        return found

    async def _show_clock(self, request: Request) -> Any:
        return {"now": self._world.clock.now().isoformat(timespec="milliseconds")}

    async def _set_clock(self, request: Request) -> Any:
        match await _json(request):
            case {"now": str(text), **rest} if not rest:
                try:
                    now = read_instant(text)
                except ValueError as error:
                    raise Refused(
                        f"now: {text!r} is neither a date nor an instant; write 2026-05-01T09:00:00Z"
                    ) from error
            case {"advance_s": int() | float() as seconds, **rest} if not rest:
                now = self._world.clock.now() + timedelta(seconds=seconds)
            case _:
                raise Refused('give {"now": "2026-05-01T09:00:00Z"} or {"advance_s": 3600}')
        self._world.clock.set(now)
        return await self._show_clock(request)

    async def _show_switches(self, request: Request) -> Any:
        return show_switches(self._world.switches)

    async def _set_switches(self, request: Request) -> Any:
        changes = await _json(request)
        if not isinstance(changes, dict):
            raise Refused('give a table of switches, such as {"rate_limits": true}')
        set_switches(self._world.switches, changes, running=True)
        return show_switches(self._world.switches)

    async def _show_faults(self, request: Request) -> Any:
        return {"faults": self._faults.show()}

    async def _add_faults(self, request: Request) -> Any:
        self._faults.add(read_faults(await _json(request)))
        return {"faults": self._faults.show()}

    async def _clear_faults(self, request: Request) -> Any:
        self._faults.clear()
        return {"faults": []}


def _answering(handler: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            status, content = 200, await handler(request)
        except Refused as error:
            status, content = 400, {"error": str(error)}
        return Response(orjson.dumps(content, default=str), status, media_type="application/json")

    return endpoint


async def _json(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise Refused(f"the body is not JSON: {error}") from error


def _known(request: Request, valid: set[str]) -> dict[str, str]:
    for name in request.query_params:
        if name not in valid:
            raise Refused(unknown("parameter", name, valid))
    return dict(request.query_params)


def _flag(asked: Mapping[str, str], name: str) -> bool | None:
    if name not in asked:
        return None
    if asked[name].lower() not in _YES_OR_NO:
        raise Refused(f"{name}: {asked[name]!r} is neither true nor false")
    return _YES_OR_NO[asked[name].lower()]
