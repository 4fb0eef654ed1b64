"""Starts a program with all its modules imported beforehand, so that its start and end can be told from its work.

    python bench/pull_start.py MODULES WORK PROGRAM ARGUMENT...

PROGRAM is a file or `module:function`. MODULES lists what to import; where it is not there, the program runs without,
and its modules are written there for the next time, also those that it imported while it worked. WORK gets the seconds and
the CPU seconds from the first line of the program to its last: what the interpreter needs to start, to import and to
end is not in them. Needs nothing but the standard library.
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
    whose = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in whose)


def _run(program: str) -> None:
    module, _, function = program.partition(":")
    if function:
        getattr(import_module(module), function)()
    else:
        sys.path[0] = str(Path(program).parent)
        runpy.run_path(program, run_name="__main__")


def main() -> None:
    modules, work, *command = (sys.argv[1], sys.argv[2], *sys.argv[3:])
    known = Path(modules)
    if known.exists():
        _import_all(known)
    before = set(sys.modules)
    sys.argv = command
    began_s, began_cpu_s = time.monotonic(), _cpu_s()
    try:
        _run(command[0])
    finally:
        taken = {"seconds": time.monotonic() - began_s, "cpu_s": _cpu_s() - began_cpu_s}
        Path(work).write_text(json.dumps(taken), encoding="utf-8")
        if not known.exists():
            found = [name for name in sys.modules if name not in before and name != "__main__"]
            known.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
