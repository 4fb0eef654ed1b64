"""describe: what objects and fields there are, in the vendor's words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import not_found
from sandbox.salesforce.shapes import MERGEABLE, FieldShape, ObjectShape

MASTER_RECORD_TYPE = "012000000000000AAA"
_SOAP_TYPES: Mapping[str, str] = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int", "double": "xsd:double",
    "currency": "xsd:double", "percent": "xsd:double", "date": "xsd:date", "datetime": "xsd:dateTime",
    "address": "urn:address", "base64": "xsd:base64Binary",
}  # fmt: skip
_OFF = (
    "autoNumber", "cascadeDelete", "dependentPicklist", "deprecatedAndHidden", "displayLocationInDecimal", "encrypted",
    "highScaleNumber", "htmlFormatted", "namePointing", "permissionable", "polymorphicForeignKey", "queryByDistance",
    "restrictedDelete", "searchPrefilterable", "writeRequiresMasterRead",
)  # fmt: skip
_NOTHING = (
    "calculatedFormula", "controllerName", "defaultValueFormula", "extraTypeInfo", "filteredLookupInfo",
    "inlineHelpText", "mask", "maskType", "referenceTargetField", "relationshipOrder",
)  # fmt: skip


def list_objects(org: Org, call: Call) -> Answer:
    """GET /sobjects."""
    shapes = sorted(org.catalogue.objects(), key=lambda shape: shape.name)
    return Answer(
        body={"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [_head(shape, call) for shape in shapes]}
    )


def describe_object(org: Org, call: Call) -> Answer:
    """GET /sobjects/X/describe; 304 when nothing changed since the If-Modified-Since of the request."""
    shape = found_object(org, call.path["object"])
    changed = org.catalogue.changed_at.replace(microsecond=0)
    since = _instant(call.headers.get("if-modified-since"))
    if since and changed <= since:
        return Answer(status=304)
    body = _head(shape, call) | {
        "actionOverrides": [], "childRelationships": _children(org, shape), "compactLayoutable": True,
        "fields": [describe_field(org, field, whole=shape.address_of(field)) for field in org.catalogue.visible(shape)], "listviewable": None,
        "lookupLayoutable": None, "namedLayoutInfos": [], "networkScopeFieldName": None, "recordTypeInfos": [_master(shape, call)],
        "searchLayoutable": True, "supportedScopes": [{"label": f"All {shape.plural.lower()}", "name": "everything"}],
    }  # fmt: skip
    return Answer(body=body, headers={"Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True)})


def _master(shape: ObjectShape, call: Call) -> dict[str, Any]:
    # Every object has the record type "Master", and under one id.
    url = f"{call.base}/sobjects/{shape.name}/describe/layouts/{MASTER_RECORD_TYPE}"
    return {
        "active": True, "available": True, "defaultRecordTypeMapping": True, "developerName": "Master", "master": True,
        "name": "Master", "recordTypeId": MASTER_RECORD_TYPE, "urls": {"layout": url},
    }  # fmt: skip


def describe_briefly(org: Org, call: Call) -> Answer:
    """GET /sobjects/X: the object without its fields, and what was looked at of late."""
    shape = found_object(org, call.path["object"])
    return Answer(body={"objectDescribe": _head(shape, call), "recentItems": []})


def found_object(org: Org, name: str) -> ObjectShape:
    """The object of a path; raises Refused (404 NOT_FOUND)."""
    shape = org.catalogue.find(name)
    if shape is None:
        raise not_found()
    return shape


def _instant(header: str | None) -> datetime | None:
    try:
        instant = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return instant if instant is None or instant.tzinfo else instant.replace(tzinfo=UTC)


def _head(shape: ObjectShape, call: Call) -> dict[str, Any]:
    url = f"{call.base}/sobjects/{shape.name}"
    writable = shape.createable
    return {
        "activateable": False, "associateEntityType": None, "associateParentEntity": None, "createable": writable,
        "custom": shape.custom, "customSetting": False, "deepCloneable": False, "deletable": writable and not shape.kept,
        "deprecatedAndHidden": False, "feedEnabled": False, "hasSubtypes": False, "isInterface": False, "isSubtype": False,
        "keyPrefix": shape.prefix, "label": shape.label, "labelPlural": shape.plural, "layoutable": True, "mergeable": shape.name in MERGEABLE,
        "mruEnabled": False, "name": shape.name, "queryable": True, "replicateable": True, "retrieveable": True,
        "searchable": True, "triggerable": True, "undeletable": writable and not shape.kept, "updateable": writable,
        "urls": {"sobject": url, "describe": f"{url}/describe", "rowTemplate": f"{url}/{{ID}}"},
    }  # fmt: skip


def _children(org: Org, shape: ObjectShape) -> list[dict[str, Any]]:
    return [
        {"cascadeDelete": False, "childSObject": child.name, "deprecatedAndHidden": False, "field": field.name,
         "junctionIdListNames": [], "junctionReferenceTo": [], "relationshipName": None, "restrictedDelete": False}
        for child in org.catalogue.objects()
        for field in org.catalogue.visible(child)
        if field.type == "reference" and shape in org.catalogue.targets(field)
    ]  # fmt: skip


def describe_field(org: Org, field: FieldShape, *, whole: str | None = None) -> dict[str, Any]:
    """One entry of `fields`; `whole` is the compound field that it is a part of."""
    targets = [target.name for target in org.catalogue.targets(field) if org.catalogue.find(target.name)]
    texty = field.type not in _SOAP_TYPES
    described: dict[str, Any] = dict.fromkeys(_OFF, False) | dict.fromkeys(_NOTHING)
    described |= {
        "name": field.name, "label": field.label, "type": field.type, "length": field.length if texty or "tns:ID" in _SOAP_TYPES.get(field.type, "") else 0,
        "byteLength": field.length * 3 if texty else 0, "precision": 18 if field.type in ("currency", "double", "percent") else 0,
        "digits": 8 if field.type == "int" else 0, "scale": field.scale, "nillable": field.nillable,
        "createable": field.createable, "updateable": field.updateable, "externalId": field.external_id,
        "unique": field.unique, "idLookup": field.id_lookup or field.external_id or field.type == "id",
        "calculated": field.calculated, "compoundFieldName": whole, "custom": field.custom, "caseSensitive": field.case_sensitive, "nameField": field.is_name,
        "restrictedPicklist": field.restricted, "referenceTo": targets, "relationshipName": field.relationship,
        "picklistValues": [_value(field, number) for number in range(len(field.values))], "filterable": field.filterable,
        "sortable": field.filterable, "groupable": field.type not in ("address", "base64", "textarea", "datetime", "double", "currency", "percent"),
        "aggregatable": field.filterable and field.type != "boolean", "aiPredictionField": False, "formulaTreatNullNumberAsZero": False,
        "defaultedOnCreate": field.default is not None or field.type == "boolean", "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "defaultValue": bool(field.default) if field.type == "boolean" else None, "autoNumber": field.number_digits > 0,
        "polymorphicForeignKey": len(targets) > 1, "namePointing": len(targets) > 1, "permissionable": field.custom or field.nillable,
    }  # fmt: skip
    return dict(sorted(described.items()))


def _value(field: FieldShape, number: int) -> dict[str, Any]:
    value = field.values[number]
    return {
        "active": True,
        "defaultValue": value == field.default,
        "label": field.labels[number] if field.labels else value,
        "validFor": None,
        "value": value,
    }
