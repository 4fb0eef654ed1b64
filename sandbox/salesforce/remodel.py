"""An admin changes the org's model while it is in use: fields come, change their type and go."""

import dataclasses

from sandbox.salesforce.catalogue import custom_object
from sandbox.salesforce.org import Org
from sandbox.salesforce.shapes import AFFINITY, FieldShape, ObjectShape
from sandbox.salesforce.values import data_reader
from sandbox.world import quoted


def put_field(org: Org, shape: ObjectShape, field: FieldShape) -> None:
    """Adds the field, or gives the one of that name this form; values that it cannot hold are lost."""
    before = shape.fields.get(field.name.lower())
    if before is None:
        org.catalogue.add_field(shape, field)
        return
    field = dataclasses.replace(field, name=before.name)
    both_texts = {before.type, field.type}.isdisjoint(AFFINITY)
    if before.column == field.column and (both_texts or before.type == field.type):
        org.catalogue.replace_field(shape, field)
        return
    _retype(org, shape, field)


def drop_field(org: Org, shape: ObjectShape, field: FieldShape) -> None:
    """Deletes the field with its values."""
    _forget_column(org, shape, field.name)
    del shape.fields[field.name.lower()]
    org.catalogue.touched()


def make_object(org: Org, name: str) -> ObjectShape:
    """A new custom object without records."""
    taken = {shape.prefix for shape in org.catalogue.everything()}
    prefix = next(f"a{number:02d}" for number in range(100) if f"a{number:02d}" not in taken)
    shape = custom_object(name, prefix)
    org.catalogue.add_object(shape)
    return shape


def _retype(org: Org, shape: ObjectShape, field: FieldShape) -> None:
    store, table, column = org.world.store, quoted(shape.table), quoted(field.name)
    read, values = data_reader(field), list[tuple[object, object]]()
    for row in store.query(f"SELECT DISTINCT {column} AS v FROM {table} WHERE {column} IS NOT NULL"):
        try:
            values.append((read(row["v"]), row["v"]))
        except ValueError:
            continue
    store.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO retyped_column")
    org.catalogue.add_field(shape, field)
    for new, old in values:
        store.execute(f"UPDATE {table} SET {column} = ? WHERE retyped_column = ?", (new, old))
    _forget_column(org, shape, "retyped_column", index_of=field.name)
    if field.external_id or field.unique:
        org.catalogue.add_field(shape, field)


def _forget_column(org: Org, shape: ObjectShape, column: str, *, index_of: str = "") -> None:
    store = org.world.store
    store.execute(f"DROP INDEX IF EXISTS {quoted(f'{shape.table}_{index_of or column}')}")
    store.execute(f"ALTER TABLE {quoted(shape.table)} DROP COLUMN {quoted(column)}")
    # An open query names columns as they were.
    org.cursors.clear()
