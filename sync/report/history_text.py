"""What a person reads of past runs: the runs in a table, the decisions of one, and what could not be written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sync.decisions.lines import Line
from sync.ledger.runs import Run
from sync.ledger.steps import DeadLetter
from sync.past.history import PastRun
from sync.report.history_document import again, subject_of
from sync.report.lines import print_line

DEEDS: Mapping[str, str] = {
    "create": "new", "update": "update", "close": "close", "reassign": "hand over", "delete": "take back",
    "reopen": "open again", "held": "held back", "unknown": "not judged", "left": "left alone",
}  # fmt: skip
"""Decision -> what a person calls it."""
_COUNTS = ("created", "updated", "closed", "deleted", "reopened", "held", "failed")
_TO_DO = ("create", "update", "close")
"""What a preview would have written."""
_INDENT = 2 + max(map(len, DEEDS.values())) + 2


def show_runs(console: Console, runs: Sequence[Run], zone: tzinfo) -> None:
    """One line a run, the newest first."""
    if not runs:
        console.print("This ledger knows of no run yet.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("run", no_wrap=True)  # in one piece: people copy it
    for title in ("when", "command", "mode", "outcome", "what it did", ""):
        table.add_column(title, overflow="fold")
    for run in runs:
        table.add_row(
            run.run_id, _when(run.started_at, zone), run.command, run.mode, _outcome(run),
            escape(_did(run) or run.reason or ""), escape(_besides(run)),
        )  # fmt: skip
    console.print(table)


def show_past_run(console: Console, told: PastRun, zone: tzinfo) -> None:
    """What the run was, then each decision with its reasons and facts; without its file the ledger's steps."""
    run = told.run
    head = (
        f"{run.command} ({run.mode})",
        _when(run.started_at, zone),
        _outcome(run),
        _did(run),
        _besides(run),
    )
    print_line(
        console, 0, Text.assemble((run.run_id, "bold"), f"  {', '.join(each for each in head if each)}")
    )
    if told.decisions is None:
        print_line(console, 0, _why_undecided(run))
        for step in told.steps:
            _show_step(console, step)
        return
    if not told.decisions:
        console.print("No decision of this run is like that.")
    for _, lines in groupby(told.decisions, _one_thing):
        _show_decision(console, list(lines))


def show_failed(console: Console, letters: Sequence[DeadLetter], zone: tzinfo) -> None:
    """Each write that did not succeed, with the reason, the remedy and who tries it again."""
    if not letters:
        console.print("Everything that was sent is written, or a later run has cleared it up.")
        return
    waiting = Counter(letter.run_id for letter in letters if letter.waits)
    for letter in letters:
        when = f", {_when(letter.sent_at, zone)}" if letter.sent_at else ""
        reason = letter.reason or "the run ended before an answer came"
        _deed(console, letter.action, (subject_of(letter.detail) or letter.key, "bold"))
        print_line(console, _INDENT, f"{letter.result} in {letter.run_id}{when}: {reason}")
        print_line(console, _INDENT, Text(f"again: {again(letter)}", style="dim"))
    for run_id, count in waiting.items():
        noun = "write waits" if count == 1 else "writes wait"
        console.print(f"{count} {noun} for you: keptword apply --retry {run_id}")


def _one_thing(line: Line) -> object:
    """What was done to one task is told once, whatever the number of findings that it speaks for."""
    return (line["decision"], line["key"], line["field"]) if line["key"] else id(line)


def _show_decision(console: Console, lines: Sequence[Line]) -> None:
    first = lines[0]
    abouts = [_about(line) for line in lines]
    kind = f" ({first['kind']})" if first["kind"] else ""
    field = f"{first['field']} of " if first["field"] else ""
    _deed(console, first["decision"], field, (first["subject"] or abouts[0], "bold"), kind)
    for line, about in zip(lines, abouts, strict=True):
        if first["subject"] and about:
            print_line(console, _INDENT, about)
        if line["facts"]:
            facts = ", ".join(_fact(name, value) for name, value in line["facts"].items())
            print_line(console, _INDENT, Text(facts, style="dim"))
    for words in (*first["why"], _answer(first["result"], first["record_id"], first["reason"])):
        if words:
            print_line(console, _INDENT, words)


def _about(line: Line) -> str:
    nameless = f"a client whose name is not known ({line['account_id']})" if line["account_id"] else ""
    return " on ".join(each for each in (line["rule"], line["account"] or nameless) if each)


def _show_step(console: Console, step: Mapping[str, Any]) -> None:
    _deed(console, step["action"], (subject_of(step["detail"]) or step["key"], "bold"))
    result = step["result"] or ("unclear" if step["sent_at"] else "not sent")
    print_line(console, _INDENT, _answer(result, step["record_id"], step["reason"]))


def _deed(console: Console, decision: str, *what: str | tuple[str, str]) -> None:
    print_line(console, 2, Text.assemble(*what), label=Text(DEEDS[decision].ljust(_INDENT - 2)))


def _answer(result: str | None, record_id: str | None, reason: str | None) -> str:
    return " ".join(each for each in (result, record_id, f"({reason})" if reason else None) if each)


def _fact(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return f"no {name}" if value is None else f"{name} = {value}"


def _outcome(run: Run) -> str:
    return run.outcome or ("at work, or killed" if run.finished_at is None else "")


def _why_undecided(run: Run) -> str:
    """Why there is no file of decisions to show."""
    if run.reason:
        return f"It ended before it was done: {run.reason}."
    if run.finished_at is None:
        return "What it decided is kept when it ends: it is at work, or was killed."
    if run.outcome in ("done", "in part"):
        return (
            "What it decided is not on this machine: the file is elsewhere, or was removed when it got old."
        )
    return "It ended before it was done, and left nothing decided behind."


def _did(run: Run) -> str:
    figures = run.figures or {}
    said = [f"{figures[name]} {name}" for name in _COUNTS if figures.get(name)]
    if run.mode == "preview":
        said = [f"{figures[name]} to {name}" for name in _TO_DO if figures.get(name)] + said
    return ", ".join(said)


def _besides(run: Run) -> str:
    said = (
        f"approved by {run.approved_by}" if run.approved_by else "",
        f"undoes {run.undoes}" if run.undoes else "",
    )
    return ", ".join(each for each in said if each)


def _when(at: datetime, zone: tzinfo) -> str:
    """`Tue 12 May 2026 13:00`, in the company's own time."""
    here = at.replace(tzinfo=UTC).astimezone(zone)
    return f"{here:%a} {here.day} {here:%b %Y %H:%M}"
