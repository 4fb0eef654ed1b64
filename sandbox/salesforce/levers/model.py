"""The org's model changes while it is in use."""

import dataclasses
import re

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.catalogue import field_from_words
from sandbox.salesforce.levers.asked import asked, field_named, misunderstood, object_named
from sandbox.salesforce.records import Records
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.remodel import drop_field, make_object, put_field
from sandbox.salesforce.shapes import FieldShape

_PUT = '{"object": "Account", "field": "Tier__c", "type": "picklist", "values": ["A", "B"]}'
_DROP = '{"object": "Account", "field": "Tier__c"}'
_KINDS = (
    "string", "textarea", "picklist", "multipicklist", "combobox", "reference", "boolean", "int", "double", "currency",
    "percent", "date", "datetime", "email", "phone", "url",
)  # fmt: skip


def change_field(records: Records, call: Call) -> Answer:
    """Makes a field, or changes the type of one: `type` is in the words of objects.toml, such as `string 80 external`.

    A custom object that is not there yet is made; one without `field` gets no further fields.
    """
    body = asked(call, _PUT, known=["object", "field", "type", "values", "labels"], needed=["object"])
    name = str(body["object"])
    shape = records.org.catalogue.known(name)
    if shape is None and re.fullmatch(r"[A-Za-z]\w*__c", name):
        shape = make_object(records.org, name)
    shape = shape or object_named(records.org, name)
    if "field" in body:
        put_field(records.org, shape, _field(body))
    return Answer(body={"object": shape.name, "fields": [field.name for field in shape.fields.values()]})


def remove_field(records: Records, call: Call) -> Answer:
    """Deletes a custom field with all its values."""
    body = asked(call, _DROP, known=["object", "field"], needed=["object", "field"])
    shape = object_named(records.org, body["object"])
    field = field_named(shape, body["field"])
    if not field.custom:
        raise Refused(
            "UNKNOWN", f"{field.name} is a standard field, which cannot be deleted; hide it instead"
        )
    drop_field(records.org, shape, field)
    return Answer(body={"object": shape.name, "fields": [each.name for each in shape.fields.values()]})


def _field(body: dict[str, object]) -> FieldShape:
    name, words, values = str(body["field"]), body.get("type"), body.get("values", [])
    if not isinstance(words, str) or not isinstance(values, list) or words.split(" ")[0] not in _KINDS:
        raise misunderstood(f"{_PUT}, with a type of {', '.join(_KINDS)}")
    if not re.fullmatch(r"[A-Za-z]\w*", name):
        raise Refused("UNKNOWN", f"field: {name!r} is not a name such as Tier__c")
    labels = body.get("labels", [])
    if not isinstance(labels, list) or len(labels) not in (0, len(values)):
        raise Refused("UNKNOWN", "labels: give as many as there are values, in the same order")
    try:
        field = field_from_words(name, words, tuple(str(each) for each in values))
        return dataclasses.replace(field, labels=tuple(str(each) for each in labels))
    except (KeyError, ValueError) as wrong:
        raise Refused("UNKNOWN", f"type: {words!r} has a word that says nothing: {wrong}") from wrong
