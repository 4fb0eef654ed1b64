"""Every fact and record column says what it is, and the database agrees."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from rules.case import Case
from rules.errors import FactsError
from rules.facts import SUBJECTS, read_fact, read_facts
from rules.mapping import override_mapping
from rules.pages import RECORDS_HEADING, facts_page, record_tables
from rules.prepare import prepare
from rules.records import RECORDS
from sync.engine.duckdb_engine import DuckDbEngine
from tests.rules.small_org import LONDON, NOW, SmallOrg, default_mapping

DOCS = Path(__file__).parents[2] / "docs"
DATABASE_TYPES = {
    "text": "VARCHAR", "integer": "BIGINT", "decimal": "DECIMAL(38,6)", "boolean": "BOOLEAN", "date": "DATE",
    "instant": "TIMESTAMP",
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDbEngine]:
    with DuckDbEngine() as engine:
        views = SmallOrg().views(engine)
        case = Case(sources=views, unavailable={}, as_of=NOW, timezone="Europe/London", working=LONDON)
        prepare(engine, case)
        yield engine


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_database_gives_the_types_that_facts_declare(engine: DuckDbEngine, subject: str) -> None:
    view = read_facts()[subject]
    found = {
        row["column_name"]: row["column_type"] for row in engine.query(f"describe {view.table}").to_pylist()
    }
    assert found == {name: DATABASE_TYPES[column.type] for name, column in view.columns.items()}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_fact_says_what_it_means_and_what_it_counts(subject: str) -> None:
    for name, column in read_facts()[subject].columns.items():
        assert len(column.doc) >= 8, name
        counts = re.match(r"(business_)?(days|hours)_(since|until|overdue|unanswered)", name)
        assert bool(column.unit) == bool(counts) or name == "update_every_days", name


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_fact_names_the_records_that_it_stands_on(subject: str) -> None:
    for name, fact in read_facts()[subject].facts.items():
        assert set(SUBJECTS[subject]) <= fact.needs, name
        assert {each.split(".")[0] for each in fact.needs | fact.uses} <= set(RECORDS), name


def test_every_file_of_facts_is_a_subject() -> None:
    assert {entry.name for entry in files("rules").joinpath("facts").iterdir()} == {
        f"{name}.sql" for name in SUBJECTS
    }


@pytest.mark.parametrize(
    "comment",
    ["texts | x", "text", "integer, weeks | x", "text | x | tasks", "text | x | y | z", "text | x | | often"],
)
def test_a_comment_that_documents_nothing_is_refused(comment: str) -> None:
    with pytest.raises(FactsError, match=r"facts/account\.sql: tier: "):
        read_fact("account", "tier", comment)


def test_the_page_of_facts_is_up_to_date() -> None:
    assert (DOCS / "facts.md").read_text(encoding="utf-8") == facts_page(), "run python docs/write_pages.py"


def test_the_page_of_mappings_has_every_record_column() -> None:
    page = (DOCS / "mapping.md").read_text(encoding="utf-8")
    assert page[page.index(RECORDS_HEADING) :] == record_tables(), "run python docs/write_pages.py"
    for record in RECORDS.values():
        assert all(f"| `{column.name}` |" in page and column.doc for column in record.columns)


@pytest.mark.parametrize(
    "number", range(len(re.findall("```toml", (DOCS / "mapping.md").read_text(encoding="utf-8"))))
)
def test_every_example_on_the_page_of_mappings_is_read(number: int) -> None:
    page = (DOCS / "mapping.md").read_text(encoding="utf-8")
    text = re.findall("```toml\n(.*?)```", page, re.DOTALL)[number]
    for name, connection in tomllib.loads(text)["connections"].items():
        crm = {"sf": "salesforce", "hs": "hubspot"}[name]
        mapping = override_mapping(default_mapping(crm), connection["records"], place="keptword.toml")
        assert set(mapping) <= set(RECORDS)
