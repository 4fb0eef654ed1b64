"""What a person reads of the scoreboard: a table by rule, one by person, and what would quieten rules that are noise."""

from rich.console import Console

from rules.wording import spelled
from sync.report.figures import print_figures
from sync.report.lines import print_line
from sync.scoreboard.fates import FATES
from sync.scoreboard.scoreboard import Scoreboard
from sync.scoreboard.tally import Tally

_TITLES = (
    "raised", "acted on", "unacted", "dismissed", "handled", "snoozed", "ignored", "resolved", "open", "hours",
)  # fmt: skip
_OWNERS = 15


def show_scoreboard(console: Console, board: Scoreboard) -> None:
    """All of it; `--json` has every person."""
    tasks = "1 task" if board.tasks == 1 else f"{board.tasks:,} tasks"
    print_line(console, 0, f"{tasks} raised in the {board.days} days until {spelled(board.as_of.date())}.")
    if not board.tasks:
        return
    _print(console, "rule", [(name, tally) for name, tally in board.rules.items()])
    owners = [(each.name or each.person_id or "nobody", each.tally) for each in board.owners]
    _print(console, "person", owners[:_OWNERS])
    if len(owners) > _OWNERS:
        print_line(console, 2, f"and {len(owners) - _OWNERS:,} more; --json has them all")
    console.print()
    print_line(
        console, 0,
        "Acted on: ticked off, and by two business days later there was a touch, a payment or a kept promise. "
        "Hours: the median of business hours until then. A task that speaks for several rules counts for each.",
    )  # fmt: skip
    for each in board.noise:
        console.print()
        print_line(
            console, 0, f"{each.rule}: {each.share:.0%} were dismissed or ignored. This would quieten it:"
        )
        for line in each.config.split("\n"):
            print_line(console, 4, line)


def _print(console: Console, first: str, rows: list[tuple[str, Tally]]) -> None:
    console.print()
    print_figures(console, first, _TITLES, [(name, _figures(tally)) for name, tally in rows])


def _figures(tally: Tally) -> tuple[str, ...]:
    hours = f"{tally.median_hours:,.1f}" if tally.median_hours is not None else ""
    return (f"{tally.raised:,}", *(f"{tally.counts[fate]:,}" for fate in FATES), hours)
