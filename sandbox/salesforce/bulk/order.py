"""What a client may order of the Bulk API, and how it refuses the rest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.bulk.lines import DELIMITERS, ENDINGS
from sandbox.salesforce.call import Call
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.soql import tree
from sandbox.salesforce.soql.compile import Compiled
from sandbox.salesforce.soql.parse import read_query

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "operation": ("query", "queryAll"), "contentType": ("CSV",), "columnDelimiter": tuple(DELIMITERS),
    "lineEnding": tuple(ENDINGS), "concurrencyMode": ("Parallel",),
}  # fmt: skip
_USUAL = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF", "concurrencyMode": "Parallel"}

NOT_SUPPORTED = frozenset(
    "AcceptedEventRelation AttachedContentNote Attachment CaseStatus ContractStatus DeclinedEventRelation "
    "EventWhoRelation FieldSecurityClassification OrderStatus PartnerRole QuoteTemplateRichTextData RecentlyViewed "
    "ServiceAppointmentStatus ShiftStatus SolutionStatus TaskPriority TaskStatus TaskWhoRelation "
    "UndecidedEventRelation WorkOrderLineItemStatus WorkOrderStatus WorkStepStatus".lower().split()
)
"""Objects that REST answers and Bulk does not."""
_NEVER_QUERIED = re.compile(r"ActivityHistory|OpenActivity|NoteAndAttachment|\w*ChangeEvent", re.IGNORECASE)
_COMPOUND = ("address", "location")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job as it was asked for."""

    operation: str
    delimiter: str
    ending: str
    query: tree.Query


def read_order(call: Call) -> Order:
    """The order in the body, whatever the Accept header says; raises Refused."""
    body = call.json()
    for name in body:
        if name not in _CHOICES and name != "query":
            raise _refused(f"Unrecognized field '{name}'")
    chosen = {name: _choice(call, name, body.get(name, _USUAL.get(name))) for name in _CHOICES}
    text = body.get("query")
    if not isinstance(text, str) or not text.strip():
        raise _mismatch(call, "query") if "query" in body and text else _refused("query is required")
    return Order(
        operation=chosen["operation"],
        delimiter=chosen["columnDelimiter"],
        ending=chosen["lineEnding"],
        query=_query(text),
    )


def _choice(call: Call, name: str, value: Any) -> str:
    if value not in _CHOICES[name]:
        raise _mismatch(call, name)
    return str(value)


def _mismatch(call: Call, name: str) -> Refused:
    # Recorded: https://github.com/simple-salesforce/simple-salesforce/pull/722
    place = call.body.find(f'"{name}"'.encode())
    column = max(1, place + len(name) + 5)
    return _refused(f"Value does not match expected type at [line:1, column:{column}]")


def _query(text: str) -> tree.Query:
    bare = re.sub(r"'(?:[^'\\]|\\.)*'", "''", text, flags=re.DOTALL)
    selected = re.split(r"\bFROM\b", bare, maxsplit=1, flags=re.IGNORECASE)[0]
    if re.search(r"\(\s*SELECT\b", selected, re.IGNORECASE):
        raise _refused("Aggregate Relationships not supported in Bulk V2 Query with CSV content type")
    if re.search(r"\bTYPEOF\b", selected, re.IGNORECASE):
        raise _refused("TYPEOF clause not supported in Bulk V2 Query")
    if re.search(r"\bOFFSET\s+\d", bare, re.IGNORECASE):
        raise _refused("OFFSET clause not supported in Bulk V2 Query")
    query = read_query(text)
    if query.group or not query.items or any(isinstance(item, tree.Aggregate) for item in query.items):
        raise _refused("Aggregate functions and GROUP BY not supported in Bulk V2 Query")
    if any(isinstance(item, tree.AllFields) for item in query.items):
        raise _refused("Selecting compound data not supported in Bulk Query")
    if query.object_name.lower() in NOT_SUPPORTED:
        message = f"Entity '{query.object_name}' is not supported by the Bulk API."
        raise Refused("INVALIDENTITY", message)
    if _NEVER_QUERIED.fullmatch(query.object_name):
        raise _refused("API does not support query")
    return query


def check_columns(compiled: Compiled) -> None:
    """Raises Refused for what cannot stand in a cell: compound data and files."""
    kinds = {column.field.type for _, column in compiled.columns}
    if kinds & set(_COMPOUND):
        raise _refused("Selecting compound data not supported in Bulk Query")
    if "base64" in kinds:
        raise _refused("Blob field not supported in Bulk V2 Query with CSV content type")


def _refused(message: str) -> Refused:
    return Refused("API_ERROR", message)
