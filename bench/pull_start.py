"""Starts a program with all its modules imported beforehand, so that its start can be told from its work.

    python bench/pull_start.py MODULES STARTED PROGRAM ARGUMENT...

PROGRAM is a file or `module:function`. MODULES lists what to import; where it is not there, the program runs without,
and its modules are written there for the next time, also those that it imported while it worked. STARTED gets the
instant of the monotonic clock and the CPU seconds at which the work began. Needs nothing but the standard library.
"""

import json
import resource
import runpy
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path


def _import_all(modules: Path) -> None:
    for name in json.loads(modules.read_text(encoding="utf-8")):
        with suppress(Exception):  # a part that only its package can import
            import_module(name)


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _run(program: str) -> None:
    module, _, function = program.partition(":")
    if function:
        getattr(import_module(module), function)()
    else:
        sys.path[0] = str(Path(program).parent)
        runpy.run_path(program, run_name="__main__")


def main() -> None:
    modules, started, *command = (sys.argv[1], sys.argv[2], *sys.argv[3:])
    known = Path(modules)
    if known.exists():
        _import_all(known)
    Path(started).write_text(json.dumps({"at_s": time.monotonic(), "cpu_s": _cpu_s()}), encoding="utf-8")
    sys.argv = command
    before = set(sys.modules)
    try:
        _run(command[0])
    finally:
        if not known.exists():
            found = [name for name in sys.modules if name not in before and name != "__main__"]
            known.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
