"""Puts the CRM together: both vendors' paths, the page for people and the paths of its own."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.control import Control
from sandbox.exchange import Exchange
from sandbox.faults import FaultPlan
from sandbox.journal import Journal
from sandbox.page.show import Page
from sandbox.page_cache import PageCache
from sandbox.world import Dialect, World


def build_app(world: World, dialects: Sequence[Dialect], faults: FaultPlan) -> ASGIApp:
    """The ASGI application; it answers plain HTTP only, one request at a time."""
    journal = Journal()
    control = Control(world, dialects, journal=journal, faults=faults)
    routes = {dialect.name: dialect.routes() for dialect in dialects}
    # The dialects come last: one of them may answer every path that is left in its vendor's own words.
    app = Starlette(
        routes=[
            Route("/", Page(dialects).show),
            *control.routes(),
            *(route for each in routes.values() for route in each),
        ]
    )
    owners = {
        route.path.split("/", 2)[1]: name
        for name, each in routes.items()
        for route in each
        if isinstance(route, Route)
    }
    pages = PageCache({dialect.name: dialect for dialect in dialects})
    return Exchange(app, world, journal=journal, faults=faults, dialects=owners, pages=pages)
