"""HubSpot's answers about links, in all the spellings that its versions may use."""

import json
from typing import Any

import pytest

from connectors.hubspot.link_answers import read_answer


def source(
    from_id: object, targets: list[tuple[object, list[object]]], after: object = None
) -> dict[str, Any]:
    to = [
        {
            "toObjectId": to_id,
            "associationTypes": [{"category": "USER_DEFINED", "typeId": kind} for kind in kinds],
        }
        for to_id, kinds in targets
    ]
    paging = {} if after is None else {"paging": {"next": {"after": after, "link": "https://..."}}}
    return {"from": {"id": from_id}, "to": to, **paging}


def answer(*sources: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"status": "COMPLETE", "results": sources, **more}, indent=1).encode()


@pytest.mark.parametrize("spell", [int, str])
def test_each_type_of_each_link_is_a_row_however_ids_are_spelt(spell: Any) -> None:
    body = answer(source("7", [(spell(8), [spell(1), spell(341)]), (spell(9), [spell(1)])]), source("6", []))
    assert read_answer(body).links.to_pylist() == [
        {"from_id": "7", "to_id": "8", "type_id": "1"},
        {"from_id": "7", "to_id": "8", "type_id": "341"},
        {"from_id": "7", "to_id": "9", "type_id": "1"},
    ]


@pytest.mark.parametrize("after", ["55", 56])
def test_a_record_with_more_links_is_asked_for_again(after: object) -> None:
    body = answer(source("7", [(8, [1])], after), source("6", [(8, [1])]))
    assert read_answer(body).further == [{"id": "7", "after": str(after)}]


def test_errors_are_told_and_an_answer_may_be_empty() -> None:
    error = {"category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND", "id": 3}
    read = read_answer(answer(errors=[error], numErrors=1))
    assert (read.links.num_rows, [each["category"] for each in read.errors]) == (0, ["OBJECT_NOT_FOUND"])
    assert read_answer(b"{}").links.num_rows == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        answer(source("7", [(8, [1])]))[:-9],
        b"[]",
        b'{"results": [1]}',
        b'{"results": {"a": 1}}',
    ],
)
def test_what_is_no_whole_answer_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_answer(body)
