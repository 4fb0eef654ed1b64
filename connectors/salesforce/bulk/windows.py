"""Cuts a query that is too big for one job in two, by an instant that every record has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from connectors.salesforce.call import Caller
from connectors.salesforce.pages import fetch_all
from connectors.salesforce.plan import Plan
from connectors.salesforce.resume import Window
from connectors.salesforce.soql import instant_literal

EVERYTHING: Window = (None, None)


def soql_of(plan: Plan, window: Window) -> str:
    """The plan's query over one window, in no order: an order would keep the CRM from running it in parts."""
    where = (*plan.select.where, *_conditions(plan, window))
    return replace(plan.whole_select, where=where).in_no_order()


def halves_of(caller: Caller, plan: Plan, window: Window) -> tuple[Window, Window] | None:
    """Two windows that hold together what this one does, the earlier first; None where it cannot be cut.

    The outer ends stay as they were, so that nothing falls between whatever changes meanwhile.
    """
    first, last = (_edge(caller, plan, window, order) for order in ("ASC", "DESC"))
    if first is None or last is None:
        return None
    middle = (first + (last - first) / 2).replace(microsecond=0)
    # The later half begins at a whole second, as the stamps of mass updates do.
    middle = middle if middle > first else last
    if middle <= first:
        return None
    cut = instant_literal(middle)
    return (window[0], cut), (cut, window[1])


def _conditions(plan: Plan, window: Window) -> Iterator[str]:
    for bound, operator in zip(window, (">=", "<"), strict=True):
        if bound is not None:
            yield f"{plan.window_field} {operator} {bound}"


def _edge(caller: Caller, plan: Plan, window: Window, order: str) -> datetime | None:
    """The earliest or latest instant in the window, naive UTC."""
    field = plan.window_field
    if field is None:
        return None
    where = (*plan.select.where, *_conditions(plan, window))
    select = replace(plan.select, fields=(field,), where=where).in_no_order()
    found = fetch_all(caller, f"{select} ORDER BY {field} {order} LIMIT 1", everything=plan.deletable)
    text = found[0].get(field) if found else None
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if text else None
