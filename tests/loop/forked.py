"""Starts the command line and the sandbox as processes that share what Python has to load only once."""

import importlib
import json
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Any

from tests.sandbox_process import RunningSandbox, trusting_pool

_LOADED = ("sandbox.__main__", "sandbox.app", "sync.cli.main", "hubspot.crm.objects.api_client", "pyarrow.json", "pyarrow.compute",
           "simple_salesforce.api", "uvicorn", "alembic.command", "holidays.countries.united_kingdom", "pandas", "tests.loop.forked", "tests.loop.warm")  # fmt: skip

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(list(_LOADED))
_turn = threading.Lock()
"""Looking after children is for one thread at a time; waiting for them is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended: -9 is a SIGKILL."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON on stdout."""
        assert self.out, self.err
        return json.loads(self.out)


class Command:
    """`keptword ARGUMENTS` at work in a folder, in a process of its own."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._out, self._err = (folder / f"{os.urandom(6).hex()}.{name}" for name in ("out", "err"))
        self._process = _nursery.Process(
            target=_speak,
            args=(list(arguments), dict(environment), folder, self._out, self._err),
            daemon=True,
        )
        with _turn:
            self._process.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process.pid
        return self._process.pid

    def kill(self) -> None:
        """Ends it with SIGKILL, as a machine that loses power would."""
        os.kill(self.pid, signal.SIGKILL)

    def is_alive(self, for_s: float) -> bool:
        """Whether it is still at work after so many seconds; says no as soon as it has ended."""
        return not wait_for([self._process.sentinel], for_s)

    def wait(self) -> Ended:
        """How it ended; it has 100 seconds."""
        assert wait_for([self._process.sentinel], 100), "the command did not end in time"
        with _turn:
            self._process.join()
            code = self._process.exitcode
            self._process.close()
        assert code is not None
        out, err = (path.read_text("utf-8") if path.exists() else "" for path in (self._out, self._err))
        return Ended(code=code, out=out, err=err)


def _speak(arguments: list[str], environment: dict[str, str], folder: Path, out: Path, err: Path) -> None:
    os.environ.update(environment)
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    for descriptor, path in ((1, out), (2, err)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.chdir(folder)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    main: Callable[..., None] = importlib.import_module("sync.cli.main").main
    main(arguments, prog_name="keptword")


@contextmanager
def running_sandbox(*arguments: str) -> Iterator[RunningSandbox]:
    """`python -m sandbox` with these arguments, while the block lasts."""
    listener, speaker = _nursery.Pipe(duplex=False)
    stdin, leash = _nursery.Pipe(duplex=False)
    process = _nursery.Process(
        target=_serve, args=(["--exit-with-parent", *arguments], speaker, stdin), daemon=True
    )
    with _turn:
        process.start()
    speaker.close()
    stdin.close()
    try:
        with os.fdopen(os.dup(listener.fileno()), "r", encoding="utf-8") as heard:
            line = heard.readline()
        assert line, "the sandbox did not start; its message is on stderr"
        said = json.loads(line)
        with trusting_pool(said["ca_file"]) as pool:
            yield RunningSandbox(**said, pool=pool)
    finally:
        for end in (listener, leash):
            end.close()
        wait_for([process.sentinel], 10)
        with _turn:
            process.join(1)
            process.close()


def _serve(arguments: list[str], speaker: "Connection[Any, Any]", stdin: "Connection[Any, Any]") -> None:
    os.dup2(stdin.fileno(), 0)
    os.dup2(speaker.fileno(), 1)
    stdin.close()
    speaker.close()
    sys.stdin = os.fdopen(0, "r", encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    main: Callable[[Sequence[str]], int] = importlib.import_module("sandbox.__main__").main
    sys.exit(main(arguments))
