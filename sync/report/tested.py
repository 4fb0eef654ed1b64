"""What `keptword test` tells: a line for each rule, each failure with its values, and what was left out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape

from rules.examples import Answer, ExampleResult
from rules.scenario.expect import RuleOutcome
from rules.scenario.play import ScenarioResult
from sync.plan.changes import FORMAT
from sync.testing import Group, Tested

_ANSWERS: Mapping[Answer, str] = {True: "fires", False: "does not fire", "unknown": "cannot be told"}
_NAME_WIDTH = 40


def show_group(console: Console, group: Group) -> None:
    """`stale-contact  ....F`: a dot for what passes, F for what does not."""
    marks = "".join("." if each.passed else "[red]F[/]" for each in group.results)
    console.print(f"{group.name:<{_NAME_WIDTH}} {marks}")


def show_test_end(console: Console, report: Tested, *, config_file: str | None) -> None:
    """Each failure, what was left out, and the sum."""
    for group in report.groups:
        for result in group.results:
            if not result.passed:
                console.print(f"\n[red]FAILED[/] [bold]{escape(group.name)}[/]: {escape(result.name)}")
                for line in _failure(result):
                    console.print(f"    {escape(line)}")
    if report.left_out or report.untested:
        console.print()
    for left in report.left_out:
        what = " and ".join(
            f"{count} built-in {noun}{'' if count == 1 else 's'}"
            for count, noun in ((left.examples, "example"), (left.scenarios, "scenario"))
            if count
        )
        console.print(f"left out: {what} of {left.group}: {left.reason}")
    for name in report.untested:
        console.print(escape(f"nothing tests {name}: write [[rule.examples]], or [[rule.scenarios]]"))
    where = f" by {config_file}" if config_file else "; no config here, so these are the built-in rules"
    failed = f"[red]{report.failed} failed[/], " if report.failed else ""
    console.print(f"\n{failed}{report.passed} passed{escape(where)}")


def tests_document(report: Tested) -> dict[str, Any]:
    """Every example and scenario, with the values that a failure hangs on."""
    return {
        "format": FORMAT,
        "passed": report.passed,
        "failed": report.failed,
        "examples": [
            {
                "rule": each.rule,
                "name": each.name,
                "passed": each.passed,
                "expected": _ANSWERS[each.fires],
                "got": _ANSWERS[each.fired],
                "facts": dict(each.facts),
            }
            for group in report.groups
            for each in group.examples
        ],
        "scenarios": [
            {
                "group": group.name,
                "name": each.name,
                "passed": each.passed,
                "rules": [{"rule": it.rule, "passed": it.passed, **_outcome(it)} for it in each.outcomes],
            }
            for group in report.groups
            for each in group.scenarios
        ],
        "left_out": [asdict(left) for left in report.left_out],
        "untested": list(report.untested),
    }


def _outcome(outcome: RuleOutcome) -> dict[str, Any]:
    return {
        "expected": list(outcome.expected),
        "got": list(outcome.found),
        "unknown_expected": list(outcome.unknown_expected),
        "unknown": list(outcome.unknown),
        "reasons": list(outcome.reasons),
        "facts": {subject: dict(facts) for subject, facts in outcome.facts.items()},
    }


def _failure(result: ExampleResult | ScenarioResult) -> Iterator[str]:
    if isinstance(result, ExampleResult):
        yield f"expected  {_ANSWERS[result.fires]}"
        yield f"got       {_ANSWERS[result.fired]}"
        yield from _values(result.facts)
        return
    for outcome in result.outcomes:
        if outcome.passed:
            continue
        yield f"{outcome.rule}"
        yield f"  expected  {_ids(outcome.expected, outcome.unknown_expected)}"
        yield f"  got       {_ids(outcome.found, outcome.unknown)}"
        for reason in outcome.reasons:
            yield f"  unknown   {reason}"
        for subject, facts in outcome.facts.items():
            yield f"  {subject}"
            yield from _values(facts)
        for missing in sorted({*outcome.expected, *outcome.unknown_expected} - set(outcome.facts)):
            yield f"  {missing}  is no subject of this rule here"


def _values(facts: Mapping[str, Any]) -> Iterator[str]:
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        yield f"    {name:<{width}}  {_written(value)}"


def _written(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _ids(found: Iterable[str], unknown: Iterable[str]) -> str:
    cannot = ", ".join(unknown)
    return (", ".join(found) or "none") + (f"; unknown: {cannot}" if cannot else "")
