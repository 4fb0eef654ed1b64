"""Where a command speaks: results to stdout, progress and logs to stderr."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import (
    BarColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress

from sync.config.settings import Log
from sync.pull.statement import Progress, silence


class _Results(Console):
    """Goes on in silence when nobody reads any more (`| head`): the command's own end decides the exit code."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def stdout() -> Console:
    """For results; as wide as they need where nobody's window limits them."""
    return _Results(width=None if sys.stdout.isatty() else 160, highlight=False, emoji=False)


def set_up_log(log: Log) -> None:
    """Log lines go to stderr, as text or as one JSON object each."""
    level = logging.getLevelName(log.level.upper())
    renderer = (
        structlog.processors.JSONRenderer()
        if log.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A line that moves for each object on a terminal, silence elsewhere."""
    if not sys.stderr.isatty():
        yield silence
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.completed:,.0f} rows"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[quota]}"),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, rows: int, *, expected: int | None = None, calls_left: int | None = None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=None, rate="", quota="")
            task = tasks[what]
            speed = bars.tasks[bars.task_ids.index(task)].speed
            bars.update(
                task,
                completed=rows,
                total=expected,
                rate=f"{speed:,.0f}/s" if speed else "",
                quota="" if calls_left is None else f"{calls_left:,} calls left today",
            )

        yield tell
