"""The Salesforce side as a whole: takes requests in, checks them as the vendor's front door does, loads and shows data."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.salesforce import people
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.catalogue import Catalogue
from sandbox.salesforce.limits import count_call, usage
from sandbox.salesforce.load import Loader
from sandbox.salesforce.login import check_session
from sandbox.salesforce.org import Org
from sandbox.salesforce.paths import CONTROLS, OPEN_PATHS, PATHS, Handler
from sandbox.salesforce.query import LONGEST_URI
from sandbox.salesforce.records import Records
from sandbox.salesforce.refusals import Refused, not_found
from sandbox.salesforce.seed import first_records
from sandbox.salesforce.tooling import make_keptword_fields
from sandbox.world import World, quoted

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
OLDEST, NEWEST = 31, 67
_TOO_LONG = b"<html><head><title>URI Too Long</title></head><body><h1>URI Too Long</h1></body></html>"


class SalesforceDialect:
    """One org, as sandbox.world.Dialect asks for it."""

    name = "salesforce"

    def __init__(self, world: World) -> None:
        self._world = world
        self.org = Org(world=world, catalogue=Catalogue(world))
        self._records = Records(self.org)
        self._loader = Loader(self.org, self._records.completion)
        for object_name, rows in first_records(self.org):
            self._loader.load(object_name, rows)
        if world.switches.setup_fields:
            make_keptword_fields(self.org, self._records)

    def object_names(self) -> list[str]:
        """Every object that data can be loaded into, licensed or not; further ones ending in __c are made."""
        return [shape.name for shape in self.org.catalogue.everything()]

    def load(self, object_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Puts rows into the store; see sandbox.salesforce.load. Raises DataRefused."""
        return self._loader.load(object_name, rows)

    def routes(self) -> list[BaseRoute]:
        """Everything under /services/, and the controls of this side under /_sandbox/salesforce/."""
        return [
            Route("/services/{rest:path}", self._serve, methods=METHODS),
            Route("/id/{rest:path}", self._serve, methods=METHODS),
            *(
                Route(f"/_sandbox/salesforce/{name}", self._control(handler), methods=["POST"])
                for name, handler in CONTROLS.items()
            ),
        ]

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Every object's rows, deleted ones too, under the vendor's field names."""
        return {
            shape.name: [dict(row) for row in self._world.store.query(f"SELECT * FROM {quoted(shape.table)}")]
            for shape in self.org.catalogue.everything()
        }

    def tasks_for_people(self) -> list[dict[str, str]]:
        """The task list as a user sees it."""
        return people.tasks(self.org)

    def clients_for_people(self) -> list[dict[str, str]]:
        """The account list as a user sees it."""
        return people.clients(self.org)

    async def _serve(self, request: Request) -> Response:
        if len(str(request.url.path)) + len(request.url.query) > LONGEST_URI:
            return Response(_TOO_LONG, 414, media_type="text/html")
        body = await request.body()
        path, method = request.url.path, request.query_params.get("_HttpMethod", request.method)
        origin = f"{request.url.scheme}://{request.url.netloc}"
        call = Call(
            method="GET" if method == "HEAD" else method, path={}, query=dict(request.query_params),
            headers={name.lower(): value for name, value in request.headers.items()}, body=body, origin=origin,
        )  # fmt: skip
        counted = path.startswith("/services/data/")
        headers = {}
        try:
            answer = self._answer(path, call)
        except Refused as refused:
            answer = Answer(status=refused.status, body=refused.as_request_error())
        if counted:
            headers["Sforce-Limit-Info"] = usage(self.org)
        return Response(
            answer.content(), answer.status, headers=headers | dict(answer.headers), media_type=answer.kind
        )

    def _answer(self, path: str, call: Call) -> Answer:
        found = _match(OPEN_PATHS, path)
        guarded = found is None
        handlers, parts = found or _match(PATHS, path) or (None, {})
        if "version" in parts:
            _check_version(parts["version"])
        if guarded:
            check_session(self.org, call)
        if handlers is None:
            raise not_found()
        handler = handlers.get(call.method)
        if handler is None:
            allowed = ",".join(handlers)
            message = f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}"
            raise Refused("METHOD_NOT_ALLOWED", message, status=405)
        if guarded:
            count_call(self.org)
        call = Call(
            method=call.method,
            path=parts,
            query=call.query,
            headers=call.headers,
            body=call.body,
            origin=call.origin,
        )
        with self._world.store.transaction():
            return handler(self._records, call)

    def _control(self, handler: Handler) -> Callable[[Request], Any]:
        async def serve(request: Request) -> Response:
            call = Call(method="POST", path={}, query={}, headers={}, body=await request.body(), origin="")
            answer = handler(self._records, call)
            return Response(answer.content(), answer.status, media_type=answer.kind)

        return serve


def _match(
    paths: Mapping["re.Pattern[str]", Mapping[str, Handler]], path: str
) -> tuple[Mapping[str, Handler], dict[str, str]] | None:
    for pattern, handlers in paths.items():
        found = pattern.fullmatch(path)
        if found:
            return handlers, found.groupdict()
    return None


def _check_version(version: str) -> None:
    major = int(version.partition(".")[0])
    if major < OLDEST:
        raise Refused(
            "UNSUPPORTED_API_VERSION",
            f"API version {version} has been retired and is no longer available",
            status=410,
        )
    if major > NEWEST:
        raise not_found()
