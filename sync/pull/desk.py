"""What the reads of one pull share: the mirror, which one thread uses at a time, the config's habits, and the word to stop."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from connectors.connector import ObjectSchema, Probe
from rules.views import Absent, SourceView
from sync.config.settings import Pull
from sync.connections import Connection
from sync.mirror.mirror import Mirror
from sync.pull.statement import Progress
from sync.watch import Watcher


class Stopped(Exception):
    """Another read has failed in a way that ends the pull."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One pull's tools."""

    mirror: Mirror
    watcher: Watcher
    habits: Pull
    progress: Progress
    accept_vanished: bool = False
    """A person has said that records which left this login's sight are gone."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_mirror(self) -> Iterator[Mirror]:
        """The mirror for this thread alone; raises Stopped where the pull has ended."""
        with self._lock:
            if self._stop.is_set():
                raise Stopped
            yield self.mirror

    def stop(self) -> None:
        """The other reads end at their next word with the mirror."""
        self._stop.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """One connection, logged in and described."""

    connection: Connection
    probe: Probe
    schemas: Mapping[str, ObjectSchema | None]
    trouble: Mapping[str, str]
    """Object -> why it cannot be read now, though it could before."""
    wanted: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    """Object -> (fields, linked objects) that the mapping reads."""
    lost: Mapping[str, frozenset[str]]
    """Object -> fields among them that were read before and that the org does not show now."""
    views: tuple[SourceView, ...]
    absent: tuple[Absent, ...]
    spent: str = ""
    """Why nothing more may be asked of it today; every object is in trouble then."""

    @property
    def started_at(self) -> datetime:
        """The CRM's clock at the beginning, naive UTC: what changes later is the next pull's."""
        return self.probe.server_now
