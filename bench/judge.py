"""How fast does Keptword judge, beside plain Python and the rule engines that look at one record at a time?

    python bench/judge.py [--quick] [--json]

100,000 made-up accounts with 2 million activities, 300,000 commitments, 50,000 incidents and 100,000 invoices
(--quick: a tenth of it), as record tables in a DuckDB file. Keptword judges the three core rules beside the others,
each of which prepares what it looks at for itself; all must find the same subjects. Then it judges all built-in
rules, beside one scan of the columns that their facts stand on, and again with ten times the data. The packages
rule-engine and zen-engine are no dependencies: `pip install rule-engine zen-engine` brings them, and without them
their figures are left out. bench/README.md says what each figure means.
"""

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from bench.judge_data import ClientBase, case_of, mapped_columns, write_records
from bench.judge_records import RECORD_SQL
from bench.judge_rivals import CORE, PACKAGES, RIVALS, Found, core_rules
from bench.measure import Cost, Stopwatch, in_fresh_process, in_turn, ratios, read_options, tell

ACCOUNTS, QUICK_ACCOUNTS, GROWTH = 100_000, 10_000, 10
OURS = "keptword"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of it."""

    figures: Mapping[str, Sequence[float]]
    """Figure -> its value in each round."""
    context: Mapping[str, Any]


def judge_core(path: Path, base: ClientBase) -> tuple[Cost, Found]:
    """Keptword's judging of the three core rules, from the record tables to the findings."""
    from rules.judge import judge
    from rules.prepare import prepare
    from rules.wanted import wanted_facts
    from sync.engine.duckdb_engine import DuckDbEngine

    rules, case = core_rules(), case_of(base)
    with Stopwatch() as watch, DuckDbEngine(path) as engine:
        prepare(engine, case, facts=wanted_facts(rules.values()))
        judgement = judge(engine, case, rules.values())
    found = {
        name: frozenset(
            each.subject_id for each in judgement.findings if each.rule == name and not each.is_old
        )
        for name in CORE
    }
    return watch.cost(count=sum(judgement.subjects.values()), requests=0), found


def judge_all(path: Path, base: ClientBase) -> tuple[Cost, Mapping[str, int]]:
    """Keptword's judging of every built-in rule, those that are off by themselves too, and its findings by rule."""
    from rules.judge import judge
    from rules.prepare import prepare
    from rules.rule import read_rules
    from rules.wanted import wanted_facts
    from sync.engine.duckdb_engine import DuckDbEngine

    shipped = read_rules({}, (), place="bench")
    switched_on = {name: {"mode": "report"} for name, rule in shipped.items() if rule.file.mode == "off"}
    rules, case = read_rules(switched_on, (), place="bench"), case_of(base)
    with Stopwatch() as watch, DuckDbEngine(path) as engine:
        prepare(engine, case, facts=wanted_facts(rules.values()))
        judgement = judge(engine, case, rules.values())
    not_judged = [each for each in judgement.unknown if each.subject_id is None]
    if not_judged:
        raise RuntimeError(f"not every rule was judged: {not_judged}")
    counts = {name: sum(each.rule == name for each in judgement.findings) for name in rules}
    return watch.cost(count=sum(judgement.subjects.values()), requests=0), counts


def scan_once(path: Path) -> tuple[Cost, Mapping[str, int]]:
    """The least that an answer can cost: every value that facts stand on is looked at once; and the rows by record."""
    from sync.engine.duckdb_engine import DuckDbEngine

    columns, rows = {record: _looked_at(record) for record in RECORD_SQL}, {}
    with Stopwatch() as watch, DuckDbEngine(path) as engine:
        for record, names in columns.items():
            each = ", ".join(f"count({name}), max({name})" for name in names)
            rows[record] = engine.query(f"select count(*) as n, {each} from {record}")["n"][0].as_py()
    return watch.cost(count=sum(rows.values()), requests=0), rows


def _looked_at(record: str) -> list[str]:
    """Mapped columns that the SQL of the facts names."""
    from rules.facts import read_facts, read_groundwork

    sql = " ".join([*(view.sql for view in read_facts().values()), *read_groundwork().values()])
    words = frozenset(re.findall(r"\w+", sql))
    return [name for name in mapped_columns(record) if name in words]


def measure(folder: Path, *, accounts: int, rounds: int) -> Measured:
    """Everything, with data of that size made in the folder; raises RuntimeError where findings differ."""
    path, large = folder / "records.duckdb", folder / "ten_times.duckdb"
    base, grown = write_records(path, accounts), write_records(large, GROWTH * accounts)
    absent = [module for module in PACKAGES if find_spec(module) is None]
    rivals = [name for name in RIVALS if name not in absent]
    core = in_turn(
        rounds,
        {
            OURS: partial(in_fresh_process, judge_core, path, base),
            **{name: partial(in_fresh_process, RIVALS[name], path) for name in rivals},
        },
    )
    check_agreement({name: [found for _, found in answers] for name, answers in core.items()})
    every = in_turn(
        rounds,
        {
            "all": partial(in_fresh_process, judge_all, path, base),
            "floor": partial(in_fresh_process, scan_once, path),
            "grown": partial(in_fresh_process, judge_all, large, grown),
        },
    )
    costs = {
        **{name: [cost for cost, _ in answers] for name, answers in core.items()},
        **{name: [cost for cost, _ in answers] for name, answers in every.items()},
    }
    seconds = {name: [cost.seconds for cost in each] for name, each in costs.items()}
    return Measured(
        figures={
            **{f"core_vs_{name}": ratios(seconds[name], to=seconds[OURS]) for name in rivals},
            "all_vs_floor": ratios(seconds["all"], to=seconds["floor"]),
            "growth_10x": ratios(seconds["grown"], to=seconds["all"]),
            "all_peak_mb": [cost.peak_mb for cost in costs["all"]],
            "grown_peak_mb": [cost.peak_mb for cost in costs["grown"]],
        },
        context={
            "records": every["floor"][0][1],
            "core_findings": {rule: len(subjects) for rule, subjects in core[OURS][0][1].items()},
            "all_findings": every["all"][0][1],
            "grown_accounts": grown.accounts,
            "seconds": {name: round(median(each), 3) for name, each in seconds.items()},
            "left_out": {f"core_vs_{module}": f"pip install {PACKAGES[module]}" for module in absent},
        },
    )


def check_agreement(found: Mapping[str, Sequence[Found]]) -> None:
    """Raises RuntimeError unless every contestant found, each time, the subjects that Keptword found."""
    ours = found[OURS][0]
    for name, answers in found.items():
        for answer in answers:
            for rule, subjects in ours.items():
                differing = sorted(answer[rule] ^ subjects)
                if differing:
                    problem = f"{len(differing)} subjects differ, such as {differing[0]}"
                    raise RuntimeError(f"{rule}: {name} and {OURS} do not find the same: {problem}")


def main() -> None:
    options = read_options(__doc__)
    with tempfile.TemporaryDirectory() as scratch:
        measured = measure(
            Path(scratch),
            accounts=QUICK_ACCOUNTS if options.quick else ACCOUNTS,
            rounds=1 if options.quick else 3,
        )
    for figure, remedy in measured.context["left_out"].items():
        print(f"{figure} is left out: {remedy}", file=sys.stderr)
    tell("judge", measured.figures, context=measured.context, options=options)


if __name__ == "__main__":
    main()
