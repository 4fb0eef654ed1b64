"""Field paths of a query: which column they mean, through which parents, and whether they are there at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandbox.salesforce.activities import worked_out
from sandbox.salesforce.catalogue import Catalogue
from sandbox.salesforce.refusals import Refused, no_such_column
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.salesforce.soql.parse import pointing
from sandbox.salesforce.soql.tree import Path
from sandbox.world import quoted

DEEPEST = 5
NAME_FIELDS = (
    "Id",
    "Name",
    "Type",
    "FirstName",
    "LastName",
    "Email",
    "Username",
    "Title",
    "Phone",
    "Alias",
    "IsActive",
    "ProfileId",
    "UserRoleId",
)
"""What can be asked of a parent that may be of several objects: the fields of the vendor's Name object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A record reached through a reference: SQL of its id, its object (None: several), and its path."""

    id_sql: str
    alias: str
    shape: ObjectShape | None
    field: FieldShape
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field as SQL; `parents` are the records on the way to it."""

    sql: str
    field: FieldShape
    parents: tuple[Parent, ...] = ()


class Columns:
    """Turns the paths of one query over one object into SQL, and collects the joins that they need."""

    def __init__(
        self, catalogue: Catalogue, shape: ObjectShape, *, text: str, today: date, alias: str = "t"
    ) -> None:
        self._catalogue, self.shape, self._text, self.today, self.alias = catalogue, shape, text, today, alias
        self._parents: dict[tuple[str, ...], Parent] = {}

    @property
    def joins(self) -> str:
        """LEFT JOIN clauses of every parent that was asked for."""
        return "".join(self._join(parent, parent.shape) for parent in self._parents.values() if parent.shape)

    def _join(self, parent: Parent, shape: ObjectShape) -> str:
        seen = self._catalogue.sight.seen(shape, parent.alias)
        on = f"{parent.alias}.Id = {parent.id_sql}" + (f" AND {seen}" if seen else "")
        return f" LEFT JOIN {quoted(shape.table)} {parent.alias} ON {on}"

    def find(self, path: Path) -> Column:
        """The column of a path; raises Refused (INVALID_FIELD) pointing at it."""
        if len(path.parts) - 1 > DEEPEST:
            raise self.refused(path, f"The query uses more than {DEEPEST} levels of parent relationships")
        shape: ObjectShape | None = self.shape
        alias, parents = self.alias, list[Parent]()
        for depth, name in enumerate(path.parts[:-1]):
            if shape is None:
                raise self._misunderstood(path, name)
            parent = self._parent(shape, alias, path, depth)
            parents.append(parent)
            shape, alias = parent.shape, parent.alias
        if shape is None:
            return self._name_column(parents, path)
        field = self._catalogue.field(shape, path.parts[-1])
        if field is None:
            raise self.refused(path, no_such_column(path.parts[-1], shape.name))
        return Column(sql=self.sql(shape, field, alias), field=field, parents=tuple(parents))

    def sql(self, shape: ObjectShape, field: FieldShape, alias: str) -> str:
        """A field of a row, worked out if need be."""
        if field.virtual:
            return worked_out(shape, field, alias, self.today)
        return f"{alias}.{quoted(field.name)}"

    def refused(self, path: Path, problem: str) -> Refused:
        """INVALID_FIELD at a path."""
        return Refused("INVALID_FIELD", pointing(self._text, path.at, problem))

    def _parent(self, shape: ObjectShape, alias: str, path: Path, depth: int) -> Parent:
        way = tuple(name.lower() for name in path.parts[: depth + 1])
        if way not in self._parents:
            field = self._reference(shape, path, path.parts[depth])
            several = len(field.references) > 1
            target = None if several else self._catalogue.find(field.references[0])
            if target is None and not several:
                raise self._misunderstood(path, path.parts[depth])
            self._parents[way] = Parent(
                id_sql=f"{alias}.{quoted(field.name)}", alias=f"{self.alias}p{len(self._parents)}",
                shape=target, field=field, label=field.relationship or field.name,
            )  # fmt: skip
        return self._parents[way]

    def _reference(self, shape: ObjectShape, path: Path, name: str) -> FieldShape:
        for field in self._catalogue.visible(shape):
            if field.relationship and field.relationship.lower() == name.lower():
                return field
        raise self._misunderstood(path, name)

    def _misunderstood(self, path: Path, name: str) -> Refused:
        problem = (
            f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, "
            "be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe "
            "call for the appropriate names."
        )
        return self.refused(path, problem)

    def _name_column(self, parents: Sequence[Parent], path: Path) -> Column:
        parent = parents[-1]
        name = next((each for each in NAME_FIELDS if each.lower() == path.parts[-1].lower()), None)
        if name is None:
            raise self.refused(path, no_such_column(path.parts[-1], "Name"))
        kind = {"Id": "id", "IsActive": "boolean", "ProfileId": "id", "UserRoleId": "id"}.get(name, "string")
        field = FieldShape(name=name, type=kind, length=255)
        return Column(sql=self._name_sql(parent, name), field=field, parents=tuple(parents))

    def type_sql(self, parent: Parent) -> str:
        """SQL of the object that a parent of several kinds is."""
        arms = (
            f"WHEN '{target.prefix}' THEN '{target.name}'" for target in self._catalogue.targets(parent.field)
        )
        return f"(CASE substr({parent.id_sql}, 1, 3) {' '.join(arms)} END)"

    def _name_sql(self, parent: Parent, name: str) -> str:
        if name == "Id":
            return parent.id_sql
        arms = []
        for target in self._catalogue.targets(parent.field):
            field = target.name_field if name == "Name" else target.fields.get(name.lower())
            # A group says what kind of group it is, as in Owner.Type = 'Queue'; the others say their object.
            if name == "Type" and target.name != "Group":
                arms.append(f"WHEN '{target.prefix}' THEN '{target.name}'")
            elif field is not None:
                row = f"SELECT {quoted(field.name)} FROM {quoted(target.table)} WHERE Id = {parent.id_sql}"
                arms.append(f"WHEN '{target.prefix}' THEN ({row})")
        return f"(CASE substr({parent.id_sql}, 1, 3) {' '.join(arms)} END)" if arms else "NULL"
