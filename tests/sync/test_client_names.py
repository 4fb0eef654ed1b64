"""Clients are known by name where no rule fires for them, also under records that were merged into theirs."""

from collections.abc import Iterator

import pytest

from rules.findings import Unknown
from sync.engine.duckdb_engine import DuckDbEngine
from sync.judging.client_names import client_names
from sync.plan.situation import Situation
from tests.sync.plan.situations import finding, situation, tiny, write


@pytest.fixture
def engine() -> Iterator[DuckDbEngine]:
    with DuckDbEngine() as opened:
        opened.execute("create table raw_account (account_id varchar, name varchar)")
        yield opened


def with_a_task() -> Situation:
    """Of the client sf:acme, for whom nothing holds any more."""
    crm = tiny()
    write(situation([finding()], crm), crm)
    return situation([], crm, unknown=[Unknown(rule="late", subject_id="sf:bolt", reason="not known")])


def names(engine: DuckDbEngine, merged: dict[str, tuple[str, ...]] | None = None) -> dict[str, str]:
    made = with_a_task()
    return client_names(engine, made.judgement, made.tasks, merged or {})


def test_the_client_of_a_task_and_of_an_unknown_is_named(engine: DuckDbEngine) -> None:
    engine.execute("insert into raw_account values ('sf:acme', 'Acme'), ('sf:bolt', 'Bolt'), ('sf:x', 'X')")
    assert names(engine) == {"sf:acme": "Acme", "sf:bolt": "Bolt"}


def test_a_client_without_a_name_is_told_from_one_that_is_gone(engine: DuckDbEngine) -> None:
    engine.execute("insert into raw_account values ('sf:acme', null)")
    assert names(engine) == {"sf:acme": ""}


def test_a_record_that_was_merged_bears_the_name_of_the_one_that_is_left(engine: DuckDbEngine) -> None:
    engine.execute("insert into raw_account values ('sf:new', 'Acme & Sons')")
    assert names(engine, {"sf:new": ("sf:acme", "sf:other")}) == {"sf:acme": "Acme & Sons"}
