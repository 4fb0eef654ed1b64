"""Settles what to ask Salesforce for: which fields of which type, in which order, and in which ways it can be had."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.connector import FieldType, ObjectSchema, ReadRequest
from connectors.errors import Refused
from connectors.salesforce.call import Caller
from connectors.salesforce.describe import Described, Describer
from connectors.salesforce.soql import ADDRESS_BYTES, Select, fitting, instant_literal

MASTER = "MasterRecordId"
"""Of a record that was merged into another: the id of the one that holds all of it now."""
_STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")
_NAMES_BESIDE_IDS = 6_000
"""Bytes left for field names in a query that names 200 ids."""
_NOT_IN_BULK = frozenset(
    """
    AcceptedEventRelation AttachedContentNote Attachment CaseStatus ContractStatus DeclinedEventRelation
    EventWhoRelation FieldSecurityClassification OrderStatus PartnerRole QuoteTemplateRichTextData RecentlyViewed
    ServiceAppointmentStatus ShiftStatus SolutionStatus TaskPriority TaskStatus TaskWhoRelation
    UndecidedEventRelation WorkOrderLineItemStatus WorkOrderStatus WorkStepStatus
    """.split()  # noqa: SIM905 - a list that is read, and grows
)
"""Objects that Salesforce's Bulk API refuses, as tap-salesforce and airbyte found out; others are found out here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One read, settled against the describe."""

    object_name: str
    types: Mapping[str, FieldType]
    """Of each requested field, in the order of the request."""
    asked: Mapping[str, FieldType]
    """Of each field that is asked for, ours beside the requested ones, in the order of the query."""
    stamp: str | None
    """The field that says when a record changed."""
    window_field: str | None
    """An instant of every record by which a query that is too big can be cut in two."""
    deletable: bool
    """Records keep an IsDeleted, so queryAll shows the deleted and the archived ones."""
    select: Select
    """Asks for as many fields as fit into an address."""
    further: tuple[tuple[str, ...], ...]
    """Lists of fields that did not fit into it; by REST each is fetched by id, page by page."""

    @property
    def whole_select(self) -> Select:
        """Asks for all fields, for where there is no address to fit into."""
        return Select(
            object_name=self.object_name,
            fields=tuple(self.asked),
            stamp_field=self.select.stamp_field,
            where=self.select.where,
        )


def settle(caller: Caller, describer: Describer, request: ReadRequest) -> Plan:
    """The plan for a request but for its `ids`; raises Refused for a field that the object does not have."""
    name = request.schema.name
    schema = describer.schema_of(request.schema)
    if schema is None:
        raise Refused(caller.place, f"the org has no object {name}", "Correct the object in the mapping.")
    types = {field: _type_of(caller, describer, schema, field) for field in request.fields}
    stamp = next((field for field in _STAMPS if field in schema.fields), None)
    moves = stamp == "SystemModstamp"
    ours = [mark for mark in ("Id", "IsDeleted", stamp, MASTER) if mark and mark in schema.fields]
    asked = {field: schema.fields[field].type for field in ours} | types
    lists = fitting([field for field in asked if field not in ours], ADDRESS_BYTES)
    further = fitting([field for some in lists[1:] for field in some], _NAMES_BESIDE_IDS) if lists[1:] else []
    since = request.since if moves else None
    return Plan(
        object_name=name,
        types=types,
        asked=asked,
        stamp=stamp,
        window_field=_window_field(schema, is_delta=since is not None),
        deletable="IsDeleted" in schema.fields,
        select=Select(
            object_name=name,
            fields=(*ours, *lists[0]),
            stamp_field=stamp if moves else None,
            where=tuple(_conditions(schema, request, since=since is not None)),
        ),
        further=tuple(further),
    )


def _conditions(schema: ObjectSchema, request: ReadRequest, *, since: bool) -> Iterator[str]:
    if request.ids is not None:
        return
    if request.since:
        if since:
            yield f"SystemModstamp >= {instant_literal(request.since)}"
    elif "IsDeleted" in schema.fields:
        # What a whole read does not bring is gone anyway; only who was merged is worth to be told.
        merged = f" OR {MASTER} != null" if MASTER in schema.fields else ""
        yield f"IsDeleted = false{merged}"


def _window_field(schema: ObjectSchema, *, is_delta: bool) -> str | None:
    # A mass update gives all records one stamp, an import one date of creation; of all records the latter is rarer.
    order = ("SystemModstamp",) if is_delta else ("CreatedDate", "SystemModstamp")
    return next((field for field in order if field in schema.fields), None)


def _type_of(caller: Caller, describer: Describer, schema: ObjectSchema, path: str) -> FieldType:
    """The type of a field, or of a parent's field by a path such as `Account.Name`."""
    step, _, rest = path.partition(".")
    if not rest:
        if step not in schema.fields:
            raise _no_such(caller, schema.name, path, step, list(schema.fields))
        return schema.fields[step].type
    described = describer.describe(schema.name)
    parents = described.parents if described else {}
    if step not in parents:
        raise _no_such(caller, schema.name, path, step, list(parents))
    parent = describer.describe(parents[step])
    # Name, which stands for parents of several kinds, is not described in every org: its fields are texts.
    return _type_of(caller, describer, parent.schema, rest) if parent else "text"


def fits_bulk(describer: Describer, plan: Plan) -> bool:
    """Whether a Bulk query can bring all of it, as far as is known; asks for the describe where nobody has yet."""
    if plan.object_name in _NOT_IN_BULK:
        return False
    described = describer.describe(plan.object_name)
    return described is not None and not any(
        _only_by_rest(describer, described, field) for field in plan.types
    )


def _only_by_rest(describer: Describer, described: Described, path: str) -> bool:
    step, _, rest = path.partition(".")
    if not rest:
        return step in described.only_by_rest
    parent = describer.describe(described.parents[step])
    return parent is not None and _only_by_rest(describer, parent, rest)


def _no_such(caller: Caller, object_name: str, path: str, step: str, known: list[str]) -> Refused:
    near = difflib.get_close_matches(step, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ", or this login may not see it"
    problem = f"{object_name} has no field {path}{hint}"
    return Refused(
        caller.place, problem, "Correct the mapping or the login's permissions.", code="INVALID_FIELD"
    )
