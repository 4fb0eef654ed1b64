"""The Salesforce side as a whole: takes requests in, checks them as the vendor's front door does, loads and shows data."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from sandbox import wire
from sandbox.salesforce import people
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.catalogue import Catalogue
from sandbox.salesforce.dispatch import admit, answer
from sandbox.salesforce.limits import usage
from sandbox.salesforce.load import Loader
from sandbox.salesforce.org import Org
from sandbox.salesforce.paths import CONTROLS, Handler
from sandbox.salesforce.query import LONGEST_URI
from sandbox.salesforce.records import Records
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.seed import first_records
from sandbox.salesforce.tooling import make_keptword_fields
from sandbox.world import World, quoted

_REPEATS = re.compile(
    r"/services/data/v\d\d\.0/((query|queryAll)(/\w+-\d+)?|sobjects(/\w+/describe)?|jobs/query/\w+/result(s|[Pp]ages))/?"
)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_TOO_LONG = b"<html><head><title>URI Too Long</title></head><body><h1>URI Too Long</h1></body></html>"


class SalesforceDialect:
    """One org, as sandbox.world.Dialect asks for it."""

    name = "salesforce"

    def __init__(self, world: World) -> None:
        self._world = world
        self.org = Org(world=world, catalogue=Catalogue(world), dispatch=answer)
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

    def repeats(self, method: str, path: str) -> bool:
        """Queries, descriptions and results of Bulk jobs do."""
        return method == "GET" and _REPEATS.fullmatch(path) is not None

    def admit(self, scope: Scope) -> tuple[wire.Answer | None, wire.Headers]:
        """Login and allowance, as for every call."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(method="GET", path={}, query={}, headers=headers, body=b"", origin="")
        refusal = admit(self.org, call)
        shown = [(b"sforce-limit-info", usage(self.org).encode())]
        if refusal is None:
            return None, shown
        length = (b"content-length", b"%d" % len(refusal.content()))
        kept = [(b"content-type", refusal.kind.encode()), length]
        return wire.Answer(status=refusal.status, headers=kept, body=refusal.content()), shown

    def dump(self, only: str | None = None) -> dict[str, list[dict[str, Any]]]:
        """Every object's rows, or those of one, deleted ones too, under the vendor's field names."""
        return {
            shape.name: [dict(row) for row in self._world.store.query(f"SELECT * FROM {quoted(shape.table)}")]
            for shape in self.org.catalogue.everything()
            if only in (None, shape.name)
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
        answered = answer(self._records, path, call)
        if counted:
            headers["Sforce-Limit-Info"] = usage(self.org)
        return Response(
            answered.content(),
            answered.status,
            headers=headers | dict(answered.headers),
            media_type=answered.kind,
        )

    def _control(self, handler: Handler) -> Callable[[Request], Any]:
        async def serve(request: Request) -> Response:
            call = Call(method="POST", path={}, query={}, headers={}, body=await request.body(), origin="")
            try:
                answered = handler(self._records, call)
            except Refused as refused:
                answered = Answer(status=400, body={"error": refused.message})
            return Response(answered.content(), answered.status, media_type=answered.kind)

        return serve
