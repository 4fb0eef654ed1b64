"""The answer of `scoreboard --json`; see docs/json.md."""

from dataclasses import asdict
from typing import Any

from sync.plan.changes import FORMAT, instant
from sync.scoreboard.fates import FATES
from sync.scoreboard.scoreboard import Scoreboard
from sync.scoreboard.tally import Tally


def scoreboard_document(board: Scoreboard) -> dict[str, Any]:
    """Every rule and person that had a task, and the rules that make mostly noise."""
    return {
        "format": FORMAT,
        "as_of": instant(board.as_of),
        "days": board.days,
        "tasks": board.tasks,
        "rules": [
            {"rule": name, "title": board.titles.get(name), **_figures(tally)}
            for name, tally in board.rules.items()
        ],
        "owners": [
            {"person_id": each.person_id, "name": each.name, **_figures(each.tally)} for each in board.owners
        ],
        "noise": [asdict(each) for each in board.noise],
    }


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "raised": tally.raised,
        **{fate: tally.counts[fate] for fate in FATES},
        "median_hours_to_act": tally.median_hours,
    }
