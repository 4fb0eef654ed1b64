"""Runs inside this process, with what may happen on their way: a person's edit before the re-read, death at a write."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from connectors.connector import Connector
from connectors.tasks import Outcome, Task, TaskChange, WrittenTask
from sync.config.read import read_config
from sync.errors import Failed
from sync.plan.changes import Plan
from sync.pull.statement import silence
from sync.run import RunReport, judge_all, open_bench, plan_all, pull_all, run
from sync.wishes import Wishes


class Killed(BaseException):
    """The machine lost power."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What happens on the way of a run, besides what the CRM itself does."""

    before_reread: Callable[[Collection[str]], None] | None = None
    """What people do between the plan and the first re-read, told which tasks (ids) are about to be written."""
    dies_at: int = 0
    """The number of the writing call at which it dies; 0: it lives."""
    has_arrived: bool = False
    """Whether that call reached the CRM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended."""

    report: RunReport | None = None
    """None where it did not end well."""
    stopped: str = ""
    """The message of one that stopped by itself."""
    again: Plan | None = None
    """The plan right after a run that wrote all that it wanted to."""

    @property
    def is_whole(self) -> bool:
        """Everything was read, and all of the plan was written."""
        return self.report is not None and not self.report.in_part


class _Watched:
    """A connector, and what happens around its calls."""

    def __init__(self, connector: Connector, mishap: Mishap) -> None:
        self._connector, self._mishap = connector, mishap
        self._writes, self._waits = 0, mishap.before_reread is not None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    def reread(self, ids: Collection[str]) -> dict[str, WrittenTask]:
        """The people first, once."""
        if self._waits and self._mishap.before_reread is not None:
            self._waits = False
            self._mishap.before_reread(ids)
        return self._connector.reread(ids)

    def create(self, tasks: Sequence[Task]) -> list[Outcome]:
        """As the connector does it, or not."""
        return self._write(lambda: self._connector.create(tasks))

    def update(self, changes: Sequence[TaskChange]) -> list[Outcome]:
        """As the connector does it, or not."""
        return self._write(lambda: self._connector.update(changes))

    def _write(self, write: Callable[[], list[Outcome]]) -> list[Outcome]:
        self._writes += 1
        if self._writes != self._mishap.dies_at:
            return write()
        if self._mishap.has_arrived:
            write()
        raise Killed


def make_run(config_file: Path, mishap: Mishap, *, accept: bool) -> Ended:
    """`keptword run`, and after one that wrote everything `keptword plan`."""
    config = read_config(config_file)
    wishes = Wishes(accept_baseline=accept)
    try:
        with open_bench(config, command="run") as bench:
            bench.connections = [
                replace(each, connector=cast(Connector, _Watched(each.connector, mishap)))
                for each in bench.connections
            ]
            report = run(bench, wishes, silence, write=config.mode == "write")
            if report.in_part or report.mode != "write":
                return Ended(report=report)
            pull_all(bench, silence)
            again, _ = plan_all(bench, judge_all(bench, wishes), wishes)
            return Ended(report=report, again=again)
    except Killed:
        return Ended(stopped="killed")
    except Failed as error:
        return Ended(stopped=str(error))
