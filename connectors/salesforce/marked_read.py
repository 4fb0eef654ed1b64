"""Shows key and state of our tasks as if they were fields, where they stand in the text.

Whoever judges the CRM's tasks must know ours from people's, without reading every task's text for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pyarrow as pa

from connectors.connector import Chunk, Field, ObjectSchema, ReadRequest
from connectors.salesforce.own_tasks import OwnTasks
from connectors.salesforce.task_fields import KEY, STATE
from connectors.tasks import WrittenTask

_SHOWN: Mapping[str, str] = {KEY: "key", STATE: "state"}
"""The fields that are not there -> what a task of ours says instead."""
_BESIDE = ("_id", "_deleted", "_changed_at")


def with_marks(schema: ObjectSchema) -> ObjectSchema:
    """Task with our fields."""
    if schema.name != "Task":
        return schema
    shown = {name: Field(name=name, type="text", label=f"Keptword {word}") for name, word in _SHOWN.items()}
    return replace(schema, fields={**schema.fields, **shown})


def without_marks(request: ReadRequest) -> ReadRequest:
    """The request as the CRM can answer it."""
    if request.schema.name != "Task":
        return request
    return replace(request, fields=tuple(name for name in request.fields if name not in _SHOWN))


def add_marks(own: OwnTasks, request: ReadRequest, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks of without_marks(request), with what the request wants beside; our tasks are read first."""
    wanted = [name for name in request.fields if name in _SHOWN] if request.schema.name == "Task" else []
    if not wanted:
        yield from chunks
        return
    ours = {task.id: task for task in _ours(own, request)}
    for chunk in chunks:
        rows = chunk.rows
        held = [ours.get(record_id) for record_id in rows["_id"].to_pylist()]
        for name in wanted:
            values = [getattr(task, _SHOWN[name]) if task else None for task in held]
            rows = rows.append_column(name, pa.array(values, pa.string()))
        yield replace(chunk, rows=rows.select([*_BESIDE, *request.fields]))


def _ours(own: OwnTasks, request: ReadRequest) -> Iterable[WrittenTask]:
    if request.ids is not None:
        return own.by_ids(request.ids).values()
    return own.live() if request.since is None else own.changed(request.since)
