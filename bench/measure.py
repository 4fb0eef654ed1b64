"""Measures things against each other: each in a process of its own, in turn, told as medians with their spread."""

import argparse
import gc
import json
import multiprocessing
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one thing took in the process that did it; the program's start is not in it, but in the peak."""

    seconds: float
    cpu_s: float
    """Of this process alone, in user and system mode."""
    peak_mb: float
    count: int
    """Records read or tasks written."""
    requests: int
    objects: int = 0
    """CRM objects that were read."""

    @property
    def per_s(self) -> float:
        """How many a second."""
        return self.count / self.seconds

    @property
    def cpu_each(self) -> float:
        """CPU seconds for each."""
        return self.cpu_s / self.count

    @property
    def requests_per_1000(self) -> float:
        """Requests for a thousand of them."""
        return 1000 * self.requests / self.count


class Stopwatch:
    """Takes the time and the CPU seconds of a block."""

    def __enter__(self) -> Self:
        # As the command does: no contestant pays for a look for garbage among its modules.
        gc.freeze()
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds, self.cpu_s = time.perf_counter() - self._wall, time.process_time() - self._cpu
        gc.unfreeze()  # what is frozen is told of as leaked when the interpreter ends

    def cost(self, *, count: int, requests: int, objects: int = 0) -> Cost:
        """The block's cost, once it is over."""
        return Cost(
            seconds=self.seconds, cpu_s=self.cpu_s, peak_mb=_peak_mb(), count=count, requests=requests,
            objects=objects,
        )  # fmt: skip


def _peak_mb() -> float:
    # Linux hands getrusage's peak on from the process that started this one; VmHWM is this program's own.
    status = Path("/proc/self/status")
    if status.exists():
        words = status.read_text(encoding="ascii", errors="replace").split()
        return int(words[words.index("VmHWM:") + 1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def in_fresh_process(
    job: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Answer:
    """The job's answer in a new interpreter, so that none profits from or pays for what another left behind."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(job, arguments, named)


def in_turn(rounds: int, contestants: Mapping[str, Callable[[], Answer]]) -> dict[str, list[Answer]]:
    """Every contestant's answers, round by round: A B C, A B C, so that a slow moment of the machine hits all."""
    answers: dict[str, list[Answer]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contest in contestants.items():
            answers[name].append(contest())
    return answers


def ratios(costs: Sequence[float], to: Sequence[float]) -> list[float]:
    """Round by round, the one divided by the other."""
    return [one / other for one, other in zip(costs, to, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a benchmark was asked to run."""

    quick: bool
    as_json: bool


def read_options(doc: str | None) -> Options:
    """`--quick` and `--json`, which every benchmark takes."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the records, one round")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout, nothing else there")
    given = parser.parse_args()
    return Options(quick=given.quick, as_json=given.json)


def tell(
    name: str, figures: Mapping[str, Sequence[float]], *, context: Mapping[str, Any], options: Options
) -> None:
    """Prints each figure's median and its spread over the rounds: largest less smallest, as a share of the median."""
    medians = {figure: statistics.median(values) for figure, values in figures.items()}
    spread = {
        figure: (max(values) - min(values)) / medians[figure] if medians[figure] else 0.0
        for figure, values in figures.items()
    }
    if options.as_json:
        machine = {
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "python": platform.python_version(),
        }
        document = {
            "bench": name, "figures": _rounded(medians), "spread": _rounded(spread),
            "context": {**context, "quick": options.quick, **machine},
        }  # fmt: skip
        print(json.dumps(document, indent=2))
        return
    for figure, median in medians.items():
        print(f"{figure:<36} {median:>14,.2f}   ± {spread[figure] / 2:.0%}")


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.5g}") for name, value in values.items()}
