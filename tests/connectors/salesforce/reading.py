"""What tests of reading share: requests for one object, and the rows as a reader keeps them."""

from typing import Any

import pyarrow as pa

from connectors.connector import Chunk, ReadRequest
from connectors.salesforce.connector import SalesforceConnector

MANY = 1_000_000
"""A count that makes a query job worth while, whatever there is."""


def ask(connector: SalesforceConnector, name: str, *fields: str, **given: Any) -> ReadRequest:
    """A request; of all records by a query job unless it says otherwise."""
    schema = connector.describe(name)
    assert schema is not None
    wanted: dict[str, Any] = {"schema": schema, "fields": fields, "expected": MANY}
    return ReadRequest(**(wanted | given))


def table(chunks: list[Chunk]) -> pa.Table:
    """The rows as a reader keeps them: by id, the last of each."""
    rows = pa.concat_tables([chunk.rows for chunk in chunks]).to_pylist()
    return pa.Table.from_pylist(
        sorted({row["_id"]: row for row in rows}.values(), key=lambda row: str(row["_id"])),
        schema=chunks[0].rows.schema,
    )


def subjects(chunks: list[Chunk]) -> list[str]:
    """What came, in order, twice where it came twice."""
    return [subject for chunk in chunks for subject in chunk.rows["Subject"].to_pylist()]


def jobs_left(connector: SalesforceConnector) -> list[str]:
    """The jobs that the org still keeps."""
    listed = connector.calls.json(connector.calls.get("jobs/query"))
    return [job["id"] for job in listed["records"]]
