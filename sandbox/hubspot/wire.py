"""Turns an HTTP request into a call and an answer into a response: login, limits, JSON."""

import re
from collections.abc import Awaitable, Callable, Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox import wire
from sandbox.hubspot.apps import app_of
from sandbox.hubspot.controls import pull
from sandbox.hubspot.errors import ApiError, invalid
from sandbox.hubspot.portal import Answer, Call, Family, Handler, Portal
from sandbox.refused import Refused

LONGEST_URI = 16_000
_JSON = "application/json;charset=utf-8"
READING_POST = re.compile(r"/(search|batch/read)/?$")
_NOT_KNOWN = ApiError(
    "INVALID_AUTHENTICATION",
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
    "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
)

Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(
    portal: Portal, handler: Handler, *, family: Family, search: bool = False, public: bool = False
) -> Endpoint:
    """A Starlette endpoint for a handler; `public` ones need no login and count for no limit."""

    async def respond(request: Request) -> Response:
        payload = await request.body()
        headers: Mapping[str, str] = {}
        if not public:
            if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > LONGEST_URI:
                return Response(b"", 414)
            refused, headers = admit(portal, request.headers.get("authorization", ""), search=search)
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


def lever(portal: Portal, name: str) -> Endpoint:
    """A Starlette endpoint for whoever runs the portal; a refused request is a 400 with the reason."""

    async def respond(request: Request) -> Response:
        try:
            status, content = 200, pull(portal, name, await request.body())
        except Refused as error:
            status, content = 400, {"error": str(error)}
        return Response(orjson.dumps(content), status, media_type=_JSON)

    return respond


def admit(
    portal: Portal, authorization: str, *, search: bool
) -> tuple[tuple[int, bytes] | None, Mapping[str, str]]:
    """Counts a call; the refusal (status and body), if any, and what the answer's headers say of the limits."""
    token = authorization.removeprefix("Bearer ")
    if token == authorization or app_of(token) is None:
        return (_NOT_KNOWN.status, _NOT_KNOWN.body()), {}
    too_many = portal.limits.count(token, search=search)
    headers = {} if search else portal.limits.headers(token)
    return (None if too_many is None else (429, orjson.dumps(too_many))), headers


def is_search(path: str) -> bool:
    """Searches have a limit of their own."""
    return path.endswith(("/search", "/search/"))


def as_sent(status: int, body: bytes) -> wire.Answer:
    """A refusal at the door, whole."""
    kept = [(b"content-type", _JSON.encode()), (b"content-length", b"%d" % len(body))]
    return wire.Answer(status=status, headers=kept, body=body)


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
    writes = request.method != "GET" and not READING_POST.search(request.url.path)
    return Call(family=family, path=request.path_params, query=query, body=body, url=url, writes=writes)


def _response(answer: Answer, headers: Mapping[str, str]) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    return Response(orjson.dumps(answer.body), answer.status, headers=headers, media_type=_JSON)


def nothing_here(portal: Portal, call: Call) -> Answer:
    """The 404 for a path that this API does not have."""
    raise ApiError("OBJECT_NOT_FOUND", "no such path", page=True)
