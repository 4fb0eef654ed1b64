"""Turns an HTTP request into a call and an answer into a response: login, limits, JSON.

The one token that this portal knows is `pat-sandbox-token`.
"""

from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox.hubspot.errors import ApiError, invalid
from sandbox.hubspot.portal import Answer, Call, Family, Handler, Portal

TOKEN = "pat-sandbox-token"  # noqa: S105 (the documented token of a loopback CRM)
LONGEST_URI = 16_000
_JSON = "application/json;charset=utf-8"

Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(
    portal: Portal, handler: Handler, *, family: Family, search: bool = False, public: bool = False
) -> Endpoint:
    """A Starlette endpoint for a handler; `public` ones need no login and count for no limit."""

    async def respond(request: Request) -> Response:
        payload = await request.body()
        refused = None if public else _refuse_entry(portal, request, search=search)
        headers = {} if search or public else portal.limits.headers()
        if refused is not None:
            status, body = refused
            return Response(body, status, headers=headers, media_type=_JSON)
        try:
            with portal.world.store.transaction():
                answer = handler(portal, _call(request, payload, family))
        except ApiError as error:
            media_type = "text/html;charset=utf-8" if error.page else _JSON
            return Response(error.body(), error.status, headers=headers, media_type=media_type)
        return _response(answer, headers)

    return respond


def _refuse_entry(portal: Portal, request: Request, *, search: bool) -> tuple[int, bytes] | None:
    if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > LONGEST_URI:
        return 414, b""
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        error = ApiError(
            "INVALID_AUTHENTICATION",
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
            "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )
        return error.status, error.body()
    too_many = portal.limits.count(search=search)
    if too_many and portal.world.switches.rate_limits:
        return 429, orjson.dumps(too_many)
    return None


def _call(request: Request, payload: bytes, family: Family) -> Call:
    body = None
    if request.method in ("POST", "PUT", "PATCH") and payload:
        try:
            body = orjson.loads(payload)
        except orjson.JSONDecodeError as error:
            raise invalid(
                f"Invalid input JSON on line {error.lineno}, column {error.colno}: {error.msg}"
            ) from error
    url = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
    query: list[tuple[str, str]] = list(request.query_params.multi_items())
    return Call(family=family, path=request.path_params, query=query, body=body, url=url)


def _response(answer: Answer, headers: dict[str, str]) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    return Response(orjson.dumps(answer.body), answer.status, headers=headers, media_type=_JSON)


def nothing_here(portal: Portal, call: Call) -> Answer:
    """The 404 for a path that this API does not have."""
    raise ApiError("OBJECT_NOT_FOUND", "no such path", page=True)
