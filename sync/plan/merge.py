"""The three-way merge of one open task: what we last sent, what the CRM holds, what the rules want."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.tasks import State, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Field by field: `write` is ours to change, `left` is a person's and stays."""

    write: tuple[str, ...]
    left: tuple[str, ...]


def merge(state: State, held: Mapping[str, str], wanted: Mapping[str, str]) -> Merge:
    """Compares canonical values of the fields of `wanted`.

    A field that the CRM holds as we last sent it may change; one that differs from that is a person's edit.
    Without a readable state every difference is a person's.
    """
    differing = [name for name, value in wanted.items() if held[name] != value]
    ours = tuple(name for name in differing if state.digests.get(name) == digest(held[name]))
    return Merge(write=ours, left=tuple(name for name in differing if name not in ours))
