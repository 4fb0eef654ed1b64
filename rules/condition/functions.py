"""The functions of the language: what each takes, and what it gives."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from rules.condition.meet import as_number, common, kind_of, not_a, refuse_branching, refuse_null
from rules.condition.names import Scope
from rules.condition.slips import FOREIGN_FUNCTIONS
from rules.condition.syntax import Syntax
from rules.condition.tree import Call, Constant, Node, NodeType
from rules.errors import ConditionError, choose

MOST_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """How a function is written, how many parts it takes and how they are checked."""

    form: str
    fewest: int
    most: int
    check: Callable[[Scope, Call], Call]


def check_call(scope: Scope, syntax: Syntax, parts: tuple[Node, ...]) -> Call:
    """A call with its parts checked and its type known; raises ConditionError."""
    name = syntax.words[0].lower()
    function = FUNCTIONS.get(name)
    if function is None:
        raise _unknown(scope, syntax)
    if not function.fewest <= len(parts) <= function.most:
        problem = f"{name} cannot take {len(parts)} value{'' if len(parts) == 1 else 's'}"
        raise scope.source.refuse(syntax.start, problem, remedy=f"write {function.form}")
    refuse_null(scope, *parts)
    return function.check(
        scope, Call(function=name, parts=parts, type="null", start=syntax.start, end=syntax.end)
    )


def _texts(gives: NodeType) -> Callable[[Scope, Call], Call]:
    def check(scope: Scope, call: Call) -> Call:
        for part in call.parts:
            if part.type != "text":
                raise not_a(scope, part, "text")
        if len(call.parts) == 2:
            refuse_branching(scope, call.parts[1], "the text to look for must be simple")
        return replace(call, type=gives)

    return check


def _first_known(scope: Scope, call: Call) -> Call:
    kind, unit, parts = common(scope, call.parts)
    return replace(call, type=kind, unit=unit, parts=parts)


def _extreme(scope: Scope, call: Call) -> Call:
    kind, unit, parts = common(scope, call.parts)
    for part in parts:
        if kind_of(part) not in ("number", "date", "instant"):
            raise not_a(scope, part, "integer")
    return replace(call, type=kind, unit=unit, parts=parts)


def _magnitude(scope: Scope, call: Call) -> Call:
    part = as_number(scope, call.parts[0])
    return replace(call, type=part.type, unit=part.unit, parts=(part,))


def _rounded(scope: Scope, call: Call) -> Call:
    part = as_number(scope, call.parts[0])
    for digits in call.parts[1:]:
        whole = digits.value if isinstance(digits, Constant) and digits.type == "integer" else None
        if not isinstance(whole, int) or not 0 <= whole <= MOST_DIGITS:
            problem = "round takes a fixed number of digits"
            raise scope.source.refuse(digits.start, problem, remedy=f"write one from 0 to {MOST_DIGITS}")
    return replace(call, type="decimal", unit=part.unit, parts=(part, *call.parts[1:]))


FUNCTIONS: dict[str, Function] = {
    "coalesce": Function(form="coalesce(x, 0)", fewest=2, most=40, check=_first_known),
    "lower": Function(form="lower(x)", fewest=1, most=1, check=_texts("text")),
    "upper": Function(form="upper(x)", fewest=1, most=1, check=_texts("text")),
    "length": Function(form="length(x)", fewest=1, most=1, check=_texts("integer")),
    "abs": Function(form="abs(x)", fewest=1, most=1, check=_magnitude),
    "round": Function(form="round(x) or round(x, 2)", fewest=1, most=2, check=_rounded),
    "least": Function(form="least(x, y)", fewest=2, most=40, check=_extreme),
    "greatest": Function(form="greatest(x, y)", fewest=2, most=40, check=_extreme),
    "starts_with": Function(form="starts_with(x, 'a')", fewest=2, most=2, check=_texts("boolean")),
    "contains": Function(form="contains(x, 'a')", fewest=2, most=2, check=_texts("boolean")),
    "ends_with": Function(form="ends_with(x, 'a')", fewest=2, most=2, check=_texts("boolean")),
}
"""Everything that can be called; there are no others."""


def _unknown(scope: Scope, syntax: Syntax) -> ConditionError:
    name = syntax.words[0]
    foreign = FOREIGN_FUNCTIONS.get(name.lower())
    remedy = foreign or choose(name, FUNCTIONS)
    return scope.source.refuse(syntax.start, f"there is no function '{name[:60]}'", remedy=remedy)
