"""What a person reads on a terminal: the pull, what was set aside, what was written."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from connectors.connector import SetupStep
from rules.findings import Judgement
from sync.apply import Written
from sync.approving.approved import Moved
from sync.pull.statement import PullReport

_LISTED = 20


def show_pull(console: Console, report: PullReport) -> None:
    """One line an object, then what could not be read."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in (("read", "left"), ("rows", "right"), ("in mirror", "right"), ("", "left")):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]  # rich's own literal
    for read in report.objects:
        notes = [] if read.complete else [f"[red]incomplete[/]: {escape(read.reason)}"]
        notes += ["went on where the last pull stopped"] if read.resumed else []
        notes += [f"the CRM counts {read.counted:,}"] if read.counted is not None else []
        notes += [f"{read.gone:,} gone from the CRM"] if read.gone else []
        notes += [f"{read.left_out} left out"] if read.left_out else []
        notes += (
            [f"{read.mended} {'value' if read.mended == 1 else 'values'} unreadable"] if read.mended else []
        )
        notes += [f"{read.repeated} came twice"] if read.repeated else []
        notes += ["changes only"] if read.complete and not read.full else []
        table.add_row(
            f"{read.connection} {read.object}", f"{read.rows:,}", f"{read.in_mirror:,}", ", ".join(notes)
        )
    console.print(table)
    for name, absent in report.absent:
        console.print(f"  not there: {absent.record} from {name} {absent.object}: {escape(absent.reason)}")
    for read in report.objects:
        for oddity in read.oddities[:_LISTED]:
            fate = "kept without it" if oddity.kept else "left out"
            console.print(
                f"  {read.connection} {read.object} {oddity.record_id} {oddity.field}: {escape(oddity.problem)} ({fate})"
            )


def show_set_aside(console: Console, judgement: Judgement) -> None:
    """Records that no rule looked at, by reason: they are counted, not lost."""
    for words, count in sorted(judgement.set_aside.items()):
        if count:
            console.print(f"  set aside {count:,}: {escape(words)}")


def show_written(console: Console, written: Iterable[Written]) -> None:
    """How many changes were written, and each that was not."""
    written = list(written)
    results = Counter(each.outcome.result for each in written)
    if written:
        console.print(
            "Written: " + ", ".join(f"{count} {result}" for result, count in sorted(results.items()))
        )
    for each in written:
        if each.outcome.result in ("failed", "unclear"):
            console.print(
                f"  [red]{each.outcome.result}[/]: {each.change.action} {each.change.key}: {escape(each.outcome.reason)}"
            )


def show_moved(console: Console, moved: Iterable[Moved]) -> None:
    """What a person approved and what was not written, since it no longer holds."""
    for each in moved:
        what = f"{each.action} {each.key}" + (f' "{each.subject}"' if each.subject else "")
        console.print(f"  [yellow]not applied[/]: {escape(what)}: {escape(each.reason)}")


def show_setup(console: Console, connection: str, steps: Iterable[SetupStep]) -> None:
    """What write-back needs in one CRM."""
    for step in steps:
        note = f": {escape(step.note)}" if step.note else ""
        console.print(f"  {connection}  {step.state:<8} {escape(step.what)}{note}")
