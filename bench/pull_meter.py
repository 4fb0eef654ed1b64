"""Runs a command as a process and tells what it took: seconds, CPU seconds, the most memory, its output.

Started by path it is a small program that runs the command and prints those figures. It stands between a benchmark
and the command because Linux hands the peak of memory on from the process that starts another one.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAST_WORDS = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a whole process took, from its start to its end, its interpreter's start in it."""

    seconds: float
    cpu_s: float
    """In user and system mode, of the process and of those that it started and waited for."""
    peak_mb: float
    """The largest of them."""
    output: Path
    """What it wrote to standard output."""


class Broken(RuntimeError):
    """The command failed; the text is the end of what it said."""


def take(
    command: Sequence[str], output: Path, *, environment: Mapping[str, str], cores: frozenset[int]
) -> Taken:
    """Runs the command on these cores (none: on any); raises Broken where it does not end well."""
    meter = [sys.executable, "-I", "-S", __file__, str(output), ",".join(map(str, sorted(cores))), *command]
    ended = subprocess.run(meter, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise Broken(f"{ended.stderr[-_LAST_WORDS:]}{_end_of(output)}".strip())
    return Taken(**json.loads(ended.stdout), output=output)


def _end_of(output: Path) -> str:
    return output.read_text(encoding="utf-8", errors="replace")[-_LAST_WORDS:] if output.exists() else ""


def _main(output: str, cores: str, *command: str) -> int:
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    began = time.monotonic()
    with Path(output).open("wb") as sink, subprocess.Popen(command, stdout=sink) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    taken = {
        "seconds": seconds,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / unit,
    }
    sys.stdout.write(json.dumps(taken))
    return process.returncode


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
