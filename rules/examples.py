"""Runs the examples of a rule: a made-up subject for each, judged by a real engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from rules.engine import Engine
from rules.errors import RuleError, some_of
from rules.judge import doubt_sql
from rules.rule import Example, Rule
from rules.typed import ARROW, typed_value

Answer = bool | Literal["unknown"]
"""Whether a rule fires; unknown where the facts in doubt leave that open."""

_TABLE = "example_facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleResult:
    """What became of one example."""

    rule: str
    name: str
    fires: Answer
    """What the example says."""
    fired: Answer
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The facts that the condition looks at, as the example gives them; None where it does not."""

    @property
    def passed(self) -> bool:
        """Whether the rule does what its example says."""
        return self.fires == self.fired


def run_examples(engine: Engine, rule: Rule) -> list[ExampleResult]:
    """Every example of the rule, in its order; raises RuleError where a fact is given in another type."""
    examples = rule.file.examples
    if not examples:
        return []
    rows = [_row(rule, example) for example in examples]
    columns = {
        name: pa.array([row.get(name) for row in rows], ARROW[column.type])
        for name, column in rule.view.columns.items()
    }
    numbers = pa.array(range(len(examples)), pa.int64())
    engine.keep(_TABLE, pa.table({"example_number": numbers, **columns}))
    truth = rule.condition.doubtful_sql(rule.view.doubts, engine.dialect, qualify="f")
    judged = engine.query(
        f"select {truth} as truth, {doubt_sql(rule)} as in_doubt from {_TABLE} f order by example_number"
    ).to_pylist()
    looked_at = sorted(rule.condition.columns | rule.flags)
    return [
        ExampleResult(
            rule=rule.name,
            name=example.name,
            fires=example.fires,
            fired=_answer(truth=answer["truth"], in_doubt=answer["in_doubt"]),
            facts={name: row.get(name) for name in looked_at},
        )
        for example, row, answer in zip(examples, rows, judged, strict=True)
    ]


def _answer(*, truth: bool | None, in_doubt: bool | None) -> Answer:
    """As judging has it: what is neither true nor in doubt does not fire."""
    return "unknown" if truth is None and in_doubt else bool(truth)


def _row(rule: Rule, example: Example) -> dict[str, Any]:
    place = f"{rule.place}.examples '{example.name}'"
    if example.fires == "unknown" and not any(example.given.get(flag) is True for flag in rule.flags):
        problem = "it can only be unknown while a fact of its condition is in doubt"
        remedy = (
            f"give one of them as true: {some_of(rule.flags)}"
            if rule.flags
            else "no fact of it can be; write false"
        )
        raise RuleError(place, problem, remedy)
    return {
        name: typed_value(rule.view.columns[name], value, place=place)
        for name, value in example.given.items()
    }
