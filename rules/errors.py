"""What can be wrong with what a person wrote for the rules, by what can be done about it.

RulesError               place, problem, remedy: mend your file
├── ConditionError       a condition; also its line and column, and a caret under the spot
├── CalendarError        a time zone, country, opening hours or duration
├── MappingError         a record's source: object, column or path
├── RuleError            a rule's own keys, names and texts
├── FactsError           a fact view of ours whose documentation cannot be read
└── SeveralErrors        all that is wrong in a set of rules, in `errors`
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

SHOWN_WIDTH = 100
"""Longer lines are cut around the caret."""


class RulesError(Exception):
    """Something in the config or a rule file that must be mended; the text says where, what and how."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}; {remedy}")
        self.place, self.problem, self.remedy = place, problem, remedy


class ConditionError(RulesError):
    """A condition that is refused; `line` and `column` count from 1 and point at the spot."""

    def __init__(self, place: str, problem: str, remedy: str, *, text: str, at: int) -> None:
        before = text[:at]
        self.line, self.column = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
        many = self.line > 1 or "\n" in text.strip()
        shown_place = f"{place}, line {self.line}" if many else place
        super().__init__(shown_place, problem, remedy)
        self.place = place
        self._shown = f"{self}\n{_caret(text.split(chr(10))[self.line - 1], self.column)}"

    def __str__(self) -> str:
        return getattr(self, "_shown", super().__str__())


class CalendarError(RulesError):
    """Working times, a zone, a country or a duration that does not exist."""


class MappingError(RulesError):
    """A mapping that names what does not exist, or does not say what is needed."""


class RuleError(RulesError):
    """A rule whose keys, names or texts cannot be used."""


class SeveralErrors(RulesError):
    """What is wrong in one rule or in several; the first stands for all."""

    def __init__(self, errors: Sequence[RulesError]) -> None:
        first = errors[0]
        super().__init__(first.place, first.problem, first.remedy)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class Mistakes:
    """Collects what is wrong, so that one mistake does not hide the next."""

    def __init__(self) -> None:
        self._found: list[RulesError] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def note(self, *errors: RulesError) -> None:
        """Keeps them for the end."""
        for error in errors:
            self._found += error.errors if isinstance(error, SeveralErrors) else (error,)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """What is raised within is kept for the end, and the rest within is left out."""
        try:
            yield
        except RulesError as error:
            self.note(error)

    def refuse(self) -> None:
        """Raises the one error there is, SeveralErrors where there are more, nothing where there is none."""
        if self._found:
            raise self._found[0] if len(self._found) == 1 else SeveralErrors(self._found)


class FactsError(RulesError):
    """A fact view that does not document itself."""


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """The valid name that `name` most likely means, whatever its case; None when nothing is close."""
    by_lower = {choice.lower(): choice for choice in valid}
    if len(name) > 80:
        return None
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def choose(name: str, valid: Iterable[str]) -> str:
    """The remedy for a wrong name: the nearest valid one, or the valid ones where they are few."""
    choices = sorted(valid)
    near = nearest(name, choices)
    return f"did you mean '{near}'?" if near is not None else f"there are {some_of(choices)}"


def some_of(valid: Iterable[str]) -> str:
    """The valid names, the first twelve where they are many."""
    choices = sorted(valid)
    more = f" and {len(choices) - 12} more" if len(choices) > 12 else ""
    return ", ".join(choices[:12]) + more if choices else "none to choose from"


def _caret(line: str, column: int) -> str:
    visible = "".join(" " if char.isspace() or not char.isprintable() else char for char in line)
    start = max(0, column - 1 - SHOWN_WIDTH // 2) if len(visible) > SHOWN_WIDTH else 0
    shown, spot = visible[start : start + SHOWN_WIDTH], column - 1 - start
    if start:
        shown, spot = f"... {shown}", spot + 4
    return f"    {shown.rstrip()}\n    {' ' * spot}^"
