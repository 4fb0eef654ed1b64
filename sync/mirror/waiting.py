"""What reads that brought nothing have to say: it is written together with whatever is written next."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sync.engine.duckdb_engine import DuckDbEngine
from sync.mirror.marks import Mark, mark_steps


@dataclass(slots=True, kw_only=True)
class _Held:
    mark: Mark
    is_new: bool
    first: list[Callable[[], None]] = field(default_factory=list)


class WaitingMarks:
    """Marks by connection and object. A process that dies before they are written has read nothing that is lost: the marks
    before them hold, and the next pull asks for a little more.
    """

    def __init__(self, engine: DuckDbEngine) -> None:
        self._engine = engine
        self._held: dict[tuple[str, str], _Held] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._held

    def of(self, connection: str, object_name: str) -> bool:
        """Whether the object's mark waits."""
        return (connection, object_name) in self._held

    def put(
        self, connection: str, mark: Mark, *, is_new: bool, first: Callable[[], None] | None = None
    ) -> None:
        """`is_new`: the database has no mark of the object; `first` runs in the transaction before the mark is written."""
        held = self._held.setdefault((connection, mark.object), _Held(mark=mark, is_new=is_new))
        held.mark = mark
        if first is not None:
            held.first.append(first)

    def write(self) -> None:
        """All of them, inside of a transaction."""
        while self._held:
            (connection, _), held = self._held.popitem()
            for each in held.first:
                each()
            for sql, parameters in mark_steps(connection, held.mark, is_new=held.is_new):
                self._engine.execute(sql, parameters)

    def drop(self) -> None:
        """The transaction in which they were written came to nothing."""
        self._held.clear()
