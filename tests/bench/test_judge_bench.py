"""The judging benchmark compares like with like: the same data each time, and the same subjects found by all."""

import math
from pathlib import Path

import duckdb
import pytest

from bench.judge import OURS, Measured, check_agreement, judge_core, measure
from bench.judge_data import ClientBase, write_records
from bench.judge_facts import FACTS, ClientBook
from bench.judge_records import RECORD_SQL
from bench.judge_rivals import CORE, PACKAGES, by_plain_python, core_rules

README = Path(__file__).parents[2] / "bench" / "README.md"
ACCOUNTS = 3_000
NOBODY_PROMISED = {"is_payment_promised"}
"""No client of the made-up base promises to pay."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    return measure(tmp_path_factory.mktemp("judge"), accounts=100, rounds=1)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("records") / "records.duckdb"
    write_records(path, ACCOUNTS)
    return path


def test_the_figures_are_numbers_and_each_is_explained(small: Measured) -> None:
    words = README.read_text(encoding="utf-8")
    assert {"core_vs_python", "all_vs_floor", "growth_10x"} <= set(small.figures)
    assert all(math.isfinite(each) and each > 0 for values in small.figures.values() for each in values)
    assert [name for name in small.figures if f"`{name}`" not in words] == []


def test_an_engine_that_is_not_installed_is_left_out_with_its_remedy(small: Measured) -> None:
    for module, package in PACKAGES.items():
        figure = f"core_vs_{module}"
        assert (figure in small.figures) != (
            small.context["left_out"].get(figure) == f"pip install {package}"
        )


def test_every_built_in_rule_is_judged(small: Measured) -> None:
    catalogue = Path(__file__).parents[2] / "rules" / "catalogue"
    assert set(small.context["all_findings"]) == {path.stem for path in catalogue.glob("*.toml")}


def test_plain_python_finds_what_keptword_finds(records: Path) -> None:
    _, ours = judge_core(records, ClientBase(ACCOUNTS))
    _, theirs = by_plain_python(records)
    assert theirs == ours
    assert all(ours[rule] for rule in CORE)


def test_the_others_look_at_what_the_rules_look_at(records: Path) -> None:
    book = ClientBook(records)
    for name, rule in core_rules().items():
        _, facts = next(FACTS[name](book))
        assert (rule.condition.columns | rule.flags) - facts.keys() <= NOBODY_PROMISED


def test_a_contestant_that_misses_a_subject_fails_the_benchmark() -> None:
    ours = {rule: frozenset({"a", "b"}) for rule in CORE}
    theirs = {**ours, CORE[0]: frozenset({"a"})}
    with pytest.raises(RuntimeError, match=f"{CORE[0]}: python .* 1 subjects differ, such as b"):
        check_agreement({OURS: [ours, ours], "python": [ours, theirs]})


def test_the_same_client_base_is_made_each_time(tmp_path: Path) -> None:
    sums = []
    for name in ("one.duckdb", "other.duckdb"):
        base = write_records(tmp_path / name, 100)
        with duckdb.connect(str(tmp_path / name)) as engine:
            each = [f"(select bit_xor(hash(r)) from {record} r)" for record in RECORD_SQL]
            sums.append(engine.execute(f"select {', '.join(each)}").fetchall())
    assert sums[0] == sums[1]
    assert (base.activities, base.commitments, base.incidents, base.invoices) == (2_000, 300, 50, 100)
