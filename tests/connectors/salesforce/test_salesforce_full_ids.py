"""An id that somebody wrote with 15 characters leads where the same one with 18 does."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import Field, ObjectSchema
from connectors.salesforce.full_ids import eighteen, full_id_sql, mended_ids

_SIGNS = "ABCXYZabcxyz0159"


def mended(text: str | None) -> object:
    row = duckdb.execute(f"select {full_id_sql('v')} from (select $1::varchar as v)", [text]).fetchone()
    assert row is not None
    return row[0]


@given(st.text(_SIGNS, min_size=15, max_size=15))
def test_fifteen_characters_become_the_eighteen_of_the_connector(short: str) -> None:
    assert mended(short) == eighteen(short)


@pytest.mark.parametrize("text", ["0015g0000AbCdE1AQK", "7123", "", None])
def test_what_has_not_fifteen_characters_stays(text: str | None) -> None:
    assert mended(text) == text


def test_only_what_stands_in_a_field_of_text_is_completed() -> None:
    fields = {"Id": Field(name="Id", type="id"), "Ref__c": Field(name="Ref__c", type="text")}
    mend = mended_ids({"Bill__c": ObjectSchema(name="Bill__c", fields=fields), "Gone__c": None})
    assert mend("Bill__c", "Id", "t.Id") == "t.Id"
    assert mend("Gone__c", "Ref__c", "t.x") == "t.x"
    assert mend("Bill__c", "Ref__c", "t.x") == full_id_sql("t.x")
