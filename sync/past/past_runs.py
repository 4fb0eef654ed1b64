"""Finds a past run by its id, or by as much of it as tells it from the others."""

from rules.errors import nearest, some_of
from sync.errors import UserError
from sync.ledger.ledger import Ledger
from sync.ledger.runs import Run

_LOOKED_AT = 200
"""So many of the last runs may be meant by a wrong id."""
_NAMED = 3


def find_run(ledger: Ledger, text: str, *, place: str) -> Run:
    """The one run whose id begins with `text`; raises UserError, at `place`, where there is none or more than one."""
    found = ledger.runs.beginning_with(text) if text else []
    exact = [run for run in found if run.run_id == text]
    if exact or len(found) == 1:
        return (exact or found)[0]
    if found:
        shown = some_of([run.run_id for run in found])
        raise UserError(place, f"'{text}' begins the ids of {len(found)} runs", f"Choose from: {shown}")
    last = [run.run_id for run in ledger.runs.latest(_LOOKED_AT)]
    if not last:
        raise UserError(place, "this ledger knows of no run yet", "Make one with `keptword run`")
    near = nearest(text[:80], last)
    remedy = f"Did you mean '{near}'?" if near else f"The last ones are {', '.join(last[:_NAMED])}"
    raise UserError(place, f"there is no run '{text[:80]}'", remedy)
