"""What does a rehearsal of 90 days cost, beside judging the same rules once?

    python bench/backtest.py [--quick] [--json]

The client base of bench/judge.py (100,000 accounts; --quick: a tenth). Both contestants begin at the record tables
and prepare what they look at for themselves; the rules are all built-in ones whose past can be told. bench/README.md
says what each figure means.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from bench.judge_data import ClientBase, case_of, write_records
from bench.measure import Cost, Stopwatch, in_fresh_process, in_turn, ratios, read_options, tell
from rules.backtest.instants import closings
from rules.backtest.past import Past, past_of
from rules.backtest.rehearse import rehearse
from rules.case import Case
from rules.judge import judge
from rules.prepare import prepare
from rules.rule import Rule, read_rules
from rules.wanted import wanted_facts
from sync.engine.duckdb_engine import DuckDbEngine

ACCOUNTS, QUICK_ACCOUNTS, DAYS = 100_000, 10_000, 90

Found = Mapping[str, int]
"""Rule -> how many findings."""


def told_rules(case: Case) -> list[Rule]:
    """Every built-in rule that a rehearsal can judge, those that are off by themselves too."""
    off = {
        name: {"mode": "report"}
        for name, rule in read_rules({}, (), place="bench").items()
        if rule.file.mode == "off"
    }
    return [
        rule for rule in read_rules(off, (), place="bench").values() if isinstance(past_of(case, rule), Past)
    ]


def judge_once(path: Path, base: ClientBase) -> tuple[Cost, Found]:
    """The present alone."""
    case = case_of(base)
    rules = told_rules(case)
    with Stopwatch() as watch, DuckDbEngine(path) as engine:
        prepare(engine, case, facts=wanted_facts(rules))
        judgement = judge(engine, case, rules)
    found = {rule.name: sum(each.rule == rule.name for each in judgement.findings) for rule in rules}
    return watch.cost(count=base.accounts, requests=0), found


def judge_past(path: Path, base: ClientBase) -> tuple[Cost, Found]:
    """The 90 days before, and the present."""
    case = case_of(base)
    rules = told_rules(case)
    with Stopwatch() as watch, DuckDbEngine(path) as engine:
        rehearsed = replace(case, earlier=closings(case, DAYS))
        prepare(engine, rehearsed, facts=wanted_facts(rules))
        told = rehearse(engine, rehearsed, rules)
    found = {each.rule: each.counted.before + each.counted.raised for each in told.rules}
    return watch.cost(count=base.accounts * len(rehearsed.instants), requests=0), found


def measure(
    path: Path, *, accounts: int, rounds: int
) -> tuple[Mapping[str, Sequence[float]], Mapping[str, object]]:
    """Figure -> its value in each round; and what was found in which time."""
    base = write_records(path, accounts)
    answers = in_turn(
        rounds,
        {
            "once": partial(in_fresh_process, judge_once, path, base),
            "past": partial(in_fresh_process, judge_past, path, base),
        },
    )
    costs = {name: [cost for cost, _ in each] for name, each in answers.items()}
    seconds = {name: [cost.seconds for cost in each] for name, each in costs.items()}
    figures = {
        "days_90_vs_one": ratios(seconds["past"], to=seconds["once"]),
        "days_90_vs_one_cpu": ratios(
            [each.cpu_s for each in costs["past"]], to=[each.cpu_s for each in costs["once"]]
        ),
        "days_90_peak_mb": [each.peak_mb for each in costs["past"]],
        "one_peak_mb": [each.peak_mb for each in costs["once"]],
    }
    context = {
        "accounts": base.accounts,
        "rules": len(answers["once"][0][1]),
        "findings_once": sum(answers["once"][0][1].values()),
        "episodes_in_90_days": sum(answers["past"][0][1].values()),
        "seconds": {name: round(median(each), 2) for name, each in seconds.items()},
    }
    return figures, context


def main() -> None:
    options = read_options(__doc__)
    accounts, rounds = (QUICK_ACCOUNTS, 1) if options.quick else (ACCOUNTS, 3)
    with tempfile.TemporaryDirectory() as scratch:
        figures, context = measure(Path(scratch) / "records.duckdb", accounts=accounts, rounds=rounds)
    tell("backtest", figures, context=context, options=options)


if __name__ == "__main__":
    main()
