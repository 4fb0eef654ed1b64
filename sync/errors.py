"""What can go wrong while Keptword runs, by what the person at the keyboard can do about it.

SyncError                place, problem, remedy; `exit_code` for the command line
├── Failed           1   something outside the config stands in the way: mend that and run again
│   ├── LeaseLost    1   this run was overtaken by another and must write nothing more
│   └── FileHeld     1   another process has the mirror open: wait until it ends
├── UserError        2   mend your file or your arguments
│   └── ConfigRefused 2  all mistakes of one config file at once, in `mistakes`
├── Partly           3   the rest was done; the named records were not
└── LeaseHeld        4   another run is at work: wait for it
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rules.errors import choose


class SyncError(Exception):
    """A run that cannot go on as asked; the text says where, what and how to mend it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}. {remedy}")
        self.place, self.problem, self.remedy = place, problem, remedy


class Failed(SyncError):
    """Nothing is wrong with the person's own files; a machine, a disk or a server stands in the way."""


class LeaseLost(Failed):
    """The lease ran out or was taken away while this run was at work."""


class FileHeld(Failed):
    """Another process, most likely a run, has the file open that this one needs."""


class UserError(SyncError):
    """The person's own file or arguments are wrong; the same command fails again until they are mended."""

    exit_code = 2


class Partly(SyncError):
    """Named records could not be read or written; everything else was."""

    exit_code = 3


class LeaseHeld(SyncError):
    """Another run holds the lease."""

    exit_code = 4


def nearest_of(name: str, valid: Iterable[str]) -> str:
    """The remedy for a wrong name, as the sentence that it is in a SyncError: the nearest valid one, or those there are."""
    remedy = choose(name, valid)
    return remedy[:1].upper() + remedy[1:]


def no_such_rule(name: str, rules: Iterable[str]) -> "UserError":
    """The error for `--rule` with a name that no rule has."""
    return UserError("--rule", f"there is no rule '{name[:80]}'", nearest_of(name, rules))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake in the config: `str()` of it is the line that a person reads."""

    file: str
    line: int | None
    key: str
    """The key path in the words of the file, such as `rule[2].when`; empty for a mistake of the whole file."""
    problem: str
    remedy: str = ""

    @property
    def place(self) -> str:
        """`keptword.toml:12: limits.new_per_run`."""
        line = f":{self.line}" if self.line else ""
        return ": ".join(part for part in (f"{self.file}{line}", self.key) if part)

    def __str__(self) -> str:
        said = f"{self.problem}; {self.remedy}" if self.remedy else self.problem
        return f"{self.place}: {said}"


class ConfigRefused(UserError):
    """The config cannot be used; one line of text for each mistake."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        first = mistakes[0]
        super().__init__(first.place, first.problem, first.remedy)
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)
