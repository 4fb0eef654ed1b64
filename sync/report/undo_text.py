"""What a person reads of an undo: each task that is taken back, then each that is left and why."""

from collections import Counter

from rich.console import Console
from rich.text import Text

from sync.report.history_text import DEEDS
from sync.report.lines import print_line
from sync.undo.undo import UndoReport

_INDENT = 2 + max(map(len, DEEDS.values())) + 2


def show_undo(console: Console, report: UndoReport, *, dry_run: bool) -> None:
    """One line a task; a reason below what failed or stays."""
    for each in report.taken:
        _deed(console, each.back.action, each.back.step.subject)
        if each.outcome is not None and not each.is_written:
            print_line(console, _INDENT, Text(f"{each.outcome.result}: {each.outcome.reason}", style="red"))
    for stays in report.left:
        _deed(console, "left", stays.step.subject)
        print_line(console, _INDENT, stays.reason)
    console.print(_summary(report, dry_run=dry_run), markup=False)


def _deed(console: Console, decision: str, subject: str) -> None:
    print_line(console, 2, Text(subject, style="bold"), label=Text(DEEDS[decision].ljust(_INDENT - 2)))


def _summary(report: UndoReport, *, dry_run: bool) -> str:
    left = f"{len(report.left)} left as {'it is' if len(report.left) == 1 else 'they are'}"
    if not report.taken:
        return f"Nothing to take back of run {report.undoes.run_id}; {left}."
    if dry_run:
        return f"{len(report.taken)} to take back, {left}. Nothing was written: leave --dry-run out."
    results = Counter(each.outcome.result for each in report.taken if each.outcome)
    done = ", ".join(f"{count} {result}" for result, count in sorted(results.items()))
    return f"Taken back: {done}; {left}. `keptword undo {report.run_id}` undoes this."
