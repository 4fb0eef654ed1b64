"""A page of CSV becomes columns of the values that REST would have brought, whatever is in it."""

import gzip
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.connector import ARROW_TYPES, FieldType
from connectors.salesforce.bulk.blocks import Damaged
from connectors.salesforce.bulk.results import ResultPage
from connectors.salesforce.bulk.table import parts_of
from connectors.salesforce.rows import Parsed

ASKED: dict[str, FieldType] = {
    "Id": "id", "Account.Name": "text", "Number__c": "integer", "Amount": "decimal", "IsClosed": "boolean", "On__c": "date", "At__c": "instant",
}  # fmt: skip
HEADER = ",".join(f'"{name}"' for name in ASKED).encode() + b"\n"
GOOD = ("500000000000001AAA", "Ann", "3.0", "1.25", "true", "2024-02-29", "2024-09-24T03:26:07.123Z")
VALUES = ["500000000000001AAA", "Ann", 3, Decimal("1.25"), True, date(2024, 2, 29), datetime(2024, 9, 24, 3, 26, 7, 123000)]  # fmt: skip


def line(*values: str | bytes) -> bytes:
    raw = [value if isinstance(value, bytes) else value.encode() for value in values]
    return b",".join(b'"' + value.replace(b'"', b'""') + b'"' for value in raw) + b"\n"


def page(body: bytes, count: int, *, is_packed: bool = False) -> ResultPage:
    return ResultPage(path="", record_count=count, is_packed=is_packed, following=None, file=io.BytesIO(body))


def read(body: bytes, count: int, **given: bool) -> list[Parsed]:
    return list(parts_of(page(body, count, **given), ASKED))


def values(parts: list[Parsed], name: str) -> list[Any]:
    return [value for part in parts for value in part.columns[name].to_pylist()]


@pytest.mark.parametrize("is_packed", [False, True])
def test_each_kind_of_value_is_what_it_says(is_packed: bool) -> None:
    body = HEADER + line(*GOOD) + line(GOOD[0], *[""] * 6)
    parts = read(gzip.compress(body) if is_packed else body, 2, is_packed=is_packed)
    assert [values(parts, name) for name in ASKED] == [
        [VALUES[0]] * 2,
        *([value, None] for value in VALUES[1:]),
    ]
    assert [part.columns[name].type for part in parts for name in ASKED] == [
        ARROW_TYPES[k] for k in ASKED.values()
    ]


@pytest.mark.parametrize("text", ["NA", "null", "a\r\nb\n\nc", '"', ",", "日本 🙂", "x" * 200_000, " "])
def test_a_text_is_what_it_is(text: str) -> None:
    assert values(read(HEADER + line(GOOD[0], text, *GOOD[2:]) * 2, 2), "Account.Name") == [text, text]


def test_numbers_with_more_places_than_are_kept_are_rounded_wherever_on_a_page_they_begin() -> None:
    amounts = ["1.25", "1.1234567", "2.5", "0.0000005", "99999999999999999999.1234564"]
    wide = "x" * 700_000
    body = b"".join(line(GOOD[0], wide, GOOD[2], amount, *GOOD[4:]) for amount in amounts)
    parts = read(HEADER + body, len(amounts))
    assert len(parts) > 2
    rounded = ["1.250000", "1.123457", "2.500000", "0.000000", "99999999999999999999.123456"]
    assert [str(value) for value in values(parts, "Amount")] == rounded


def test_nul_bytes_are_left_out_everywhere() -> None:
    body = HEADER + line("5000000\x0000000001AAA", "a\x00b", "\x003", *GOOD[3:])
    parts = read(body, 1)
    assert [values(parts, name) for name in list(ASKED)[:3]] == [[VALUES[0]], ["ab"], [3]]


def test_bytes_that_are_no_text_are_replaced_and_named() -> None:
    (part,) = read(HEADER + line(GOOD[0], b"a\xffb", *GOOD[2:]) + line(*GOOD), 2)
    assert part.columns["Account.Name"].to_pylist() == ["a?b", "Ann"]
    assert {name: [each.row for each in misfits] for name, misfits in part.misfits.items()} == {
        "Account.Name": [0]
    }


@pytest.mark.parametrize(
    ("place", "bad"),
    [(2, "3.5"), (2, "many"), (3, "1e99"), (4, "yes"), (5, "2024-02-30"), (5, "0001-01-01"), (6, "soon"), (6, "9999-12-31T00:00:00.000Z")],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_emptied_and_named_and_spares_the_others(place: int, bad: str) -> None:
    odd = [*GOOD[:place], bad, *GOOD[place + 1 :]]
    (part,) = read(HEADER + line(*GOOD) + line(*odd) + line(*GOOD), 3)
    name = list(ASKED)[place]
    assert [part.columns[each].to_pylist() for each in ASKED] == [
        [value, None if each == name else value, value] for each, value in zip(ASKED, VALUES, strict=True)
    ]
    assert [each.row for each in part.misfits[name]] == [1]
    assert part.misfits[name][0].problem.endswith(f"is no {ASKED[name]}")


def test_a_number_with_more_places_is_rounded_and_a_long_one_exact() -> None:
    rows = [
        line(*GOOD[:3], text, *GOOD[4:]) for text in ("0.33333333333333331", "123456789012345.67", "1.0E7")
    ]
    found = [str(value) for value in values(read(HEADER + b"".join(rows), 3), "Amount")]
    assert found == ["0.333333", "123456789012345.670000", "10000000.000000"]


def test_an_odd_value_far_down_costs_no_row_and_doubles_none() -> None:
    rows = [line(f"500000000{n:06d}AAA", "x" * 900, *GOOD[2:]) for n in range(20_000)]
    rows[15_000] = line("500000000015000AAA", "x", "many", *GOOD[3:])
    parts = read(HEADER + b"".join(rows), 20_000)
    assert values(parts, "Id") == [f"500000000{n:06d}AAA" for n in range(20_000)]
    assert sum(len(part.misfits.get("Number__c", ())) for part in parts) == 1


WHOLE = HEADER + line(*GOOD) * 3


@pytest.mark.parametrize(
    "body",
    [
        WHOLE[:-40], WHOLE[:-1], WHOLE[:-3], HEADER + line(*GOOD) * 2, HEADER + line(*GOOD) * 4, b"", HEADER,
        line("Id", "Name") + line(*GOOD) * 3, b"<html></html>", WHOLE + b'"half\n', HEADER + line(*GOOD[:-1]) * 3,
    ],
)  # fmt: skip
def test_a_page_that_broke_off_or_is_another_is_damaged(body: bytes) -> None:
    with pytest.raises(Damaged):
        read(body, 3)


@pytest.mark.parametrize("cut", [1, 9, 30])
def test_a_packed_page_that_broke_off_is_damaged(cut: int) -> None:
    with pytest.raises(Damaged):
        read(gzip.compress(WHOLE)[:-cut], 3, is_packed=True)


def test_a_page_packed_in_several_pieces_is_whole() -> None:
    body = gzip.compress(WHOLE[:100]) + gzip.compress(WHOLE[100:])
    assert len(values(read(body, 3, is_packed=True), "Id")) == 3


def test_no_records_are_no_parts() -> None:
    assert read(HEADER, 0) == []
