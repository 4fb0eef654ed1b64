"""What surely rules a subject out, said by itself, so that an engine can test it before it looks anything up."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from rules.condition.doubt import flags_of
from rules.condition.sql import expression_of
from rules.condition.tree import Fact, Logic, Node, Setting, parts_of
from rules.rule import Rule


def sure_parts(rule: Rule, *, of: frozenset[str] | None = None) -> list[str]:
    """SQL over a fact view's alias `f`: parts of the condition that no doubt touches, and without which it neither
    fires nor leaves anything open; only those that look at no other facts than `of`."""
    return [
        f"coalesce({exp.Paren(this=expression_of(part, 'f')).sql('duckdb')}, true)"
        for part in _joined(rule.holds.tree)
        if not flags_of(part, rule.view.doubts) and (of is None or set(_facts(part)) <= of)
    ]


def may_fire(rules: Sequence[Rule], *, of: frozenset[str]) -> str:
    """SQL over the alias `f` that is true of every subject of which a rule may have something to say."""
    each = [" and ".join(sure_parts(rule, of=of)) for rule in rules]
    return " or ".join(f"({parts})" for parts in dict.fromkeys(each)) if all(each) else "true"


def _joined(tree: Node) -> Iterator[Node]:
    if isinstance(tree, Logic) and tree.word == "and":
        for part in tree.parts:
            yield from _joined(part)
    else:
        yield tree


def _facts(node: Node) -> Iterator[str]:
    if isinstance(node, Fact):
        yield node.column.name
    if isinstance(node, Setting) and node.by is not None:
        yield node.by.column.name
    for part in parts_of(node):
        yield from _facts(part)
