"""Shows the client list and the tasks as the CRM's own user would see them."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from sandbox.world import Dialect

_TEMPLATES = Environment(
    loader=PackageLoader("sandbox.page", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_NAMES: Mapping[str, str] = {"salesforce": "Salesforce", "hubspot": "HubSpot"}
_FILTERS: Mapping[str, str] = {"crm": "CRM", "status": "Status", "owner": "Owner"}
_BREAKS = re.compile(r"<br\s*/?>|</(?:p|div|li|h\d)>", re.IGNORECASE)
_TAGS = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
Row = dict[str, str]


class Page:
    """The page at `/`; `?crm=`, `?status=` and `?owner=` narrow it down."""

    def __init__(self, dialects: Sequence[Dialect]) -> None:
        self._dialects = dialects

    async def show(self, request: Request) -> HTMLResponse:
        """Everything on one page, with plain links for the filters."""
        chosen = {name: request.query_params[name] for name in _FILTERS if request.query_params.get(name)}
        tasks = [_task(each, row) for each in self._dialects for row in each.tasks_for_people()]
        tasks.sort(key=lambda task: task["due"], reverse=True)
        clients = [{"crm": _crm(each), **row} for each in self._dialects for row in each.clients_for_people()]
        content = _TEMPLATES.get_template("page.html").render(
            tasks=_narrowed(tasks, chosen), task_count=len(tasks),
            clients=_narrowed(clients, {name: value for name, value in chosen.items() if name != "status"}),
            client_count=len(clients),
            filters=[(label, _links(name, tasks, chosen)) for name, label in _FILTERS.items()],
        )  # fmt: skip
        return HTMLResponse(content)


def _crm(dialect: Dialect) -> str:
    return _NAMES.get(dialect.name, dialect.name)


def _task(dialect: Dialect, row: Row) -> Row:
    return {"crm": _crm(dialect), **row, "due": row["due"][:10], "body": readable(row["body"])}


def readable(body: str) -> str:
    """A task's text as its reader sees it: HubSpot keeps HTML, Salesforce plain text, which may hold a bare `<`."""
    if not _TAGS.search(body):
        return body.strip()
    text = unescape(_TAGS.sub("", _BREAKS.sub("\n", body)))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _narrowed(rows: list[Row], chosen: Mapping[str, str]) -> list[Row]:
    return [row for row in rows if all(row.get(name) == value for name, value in chosen.items())]


def _links(name: str, tasks: list[Row], chosen: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Text, address and whether it is the one in force, of each value that tasks have; the first takes the filter away."""
    others = {key: value for key, value in chosen.items() if key != name}
    values = sorted({row.get(name, "") for row in tasks} - {""})
    links = [(value, "?" + urlencode({**others, name: value}), chosen.get(name) == value) for value in values]
    return [("all", "?" + urlencode(others), name not in chosen), *links]
