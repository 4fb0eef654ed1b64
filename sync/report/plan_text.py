"""What a person reads of a plan: for each task who, what, when and why; then what is held back and left alone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rich.console import Console
from rich.markup import escape

from rules.wording import spelled
from sync.plan.changes import Action, Change, Plan
from sync.plan.episodes import OwnTask
from sync.plan.people import People
from sync.report.findings_text import show_unknown
from sync.report.wrapped import print_indented

VERBS: Mapping[Action, str] = {
    "create": "new",
    "update": "update",
    "close": "close",
    "reassign": "hand over",
}
_INDENT = 2 + max(len(verb) for verb in VERBS.values()) + 2


def show_plan(console: Console, plan: Plan, people: People, *, tasks: Iterable[OwnTask]) -> None:
    """What would be written, what is held back by reason, and what is left to people.

    `tasks` are our tasks in the CRMs: changes of them name no more than what changes.
    """
    held = {own.task.key: own for own in tasks}
    if plan.changes:
        words = ", ".join(
            f"{plan.count(action)} {verb}" for action, verb in VERBS.items() if plan.count(action)
        )
        console.print(f"To write: {words}. {_standing(plan)}")
    else:
        console.print(f"Nothing to write. {_standing(plan)}")
    for change in plan.changes:
        _show(console, change, held.get(change.key), people)
    for (kind, reason), count in sorted(Counter((held.kind, held.reason) for held in plan.held).items()):
        console.print(f"  held back {count}: {escape(reason)} [dim]({kind})[/]")
    for left in plan.left:
        subject = held[left.key].task.subject if left.key in held else left.key
        console.print(f"  left alone: {left.field} of {escape(subject)}: {escape(left.reason)}")
    show_unknown(console, plan.unknown)


def show_basis(console: Console, plan: Plan) -> None:
    """For which instant the plan was judged, and where what is held back is named one by one."""
    console.print(f"Judged as of {spelled(plan.as_of)}.")
    if plan.held:
        console.print("--json and --html name each finding that is held back.", style="dim")


def limits_words(passed: Sequence[str], *, let_through: bool) -> str:
    """One sentence for all the limits that a plan passes, with what lets it through; empty where it passes none."""
    if not passed:
        return ""
    said = f"Over the limit: {'; '.join(passed)}"
    if let_through:
        return f"{said} (let through by --over-limits)."
    return f"{said}. `keptword run` and `apply` write nothing of it: if it is right, say --over-limits once, or raise the limit."


def _standing(plan: Plan) -> str:
    return (
        f"{plan.standing:,} open {'task stays as it is' if plan.standing == 1 else 'tasks stay as they are'}."
    )


def _show(console: Console, change: Change, own: OwnTask | None, people: People) -> None:
    verb = VERBS[change.action]
    subject = str(change.task.get("subject") or (own.task.subject if own else change.key))
    console.print(f"  {verb:<{_INDENT - 2}}[bold]{escape(subject)}[/]")
    for line in (_who_and_when(change, own, people), *_why(change)):
        if line:
            print_indented(console, line, indent=_INDENT)


def _who_and_when(change: Change, own: OwnTask | None, people: People) -> str:
    """`for Nina Kowalska, due Wed 6 May 2026, in hs`."""
    owner = change.task.get("owner")
    if own is not None:
        owner_id = change.task.get("owner_id") or own.task.owner_id
        owner = people.name(f"{own.org_id}:{owner_id}") if owner_id else None
    due = str(change.task.get("due_on") or (own.task.due[:10] if own else ""))
    parts = (f"for {owner}" if owner else "", f"due {_day(due)}" if due else "", f"in {change.connection}")
    return ", ".join(part for part in parts if part)


def _why(change: Change) -> tuple[str, ...]:
    """For a new task the first line of its own text, which a person can check, then the plan's reasons one by one."""
    if change.action != "create":
        return ("; ".join(change.why),)
    return (str(change.task.get("body") or "").split("\n")[0], *change.why)


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%a} {day.day} {day:%b %Y}"
