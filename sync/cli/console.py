"""Where a command speaks: results to stdout, progress and logs to stderr."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import Progress as RichProgress
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from sync.config.settings import Log
from sync.pull.pull import Progress


class _Results(Console):
    """Goes on in silence when nobody reads any more (`| head`): the command's own end decides the exit code."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def stdout() -> Console:
    """For results; as wide as they need where nobody's window limits them."""
    return _Results(width=None if sys.stdout.isatty() else 160, highlight=False)


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
        yield lambda what, rows: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f} rows"),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def tell(what: str, rows: int) -> None:
            task = tasks.setdefault(what, -1)
            if task == -1:
                task = tasks[what] = bars.add_task(what, total=None)
            bars.update(task, completed=rows)  # type: ignore[arg-type]  # rich's TaskID is an int

        yield tell
