"""The key of a task: which rule, subject and occurrence it was first written for, and which repeat it is."""

import re
from dataclasses import dataclass

from rules.findings import Finding

_KEY = re.compile(
    r"kw1-(?P<rule>[a-z0-9]+(?:-[a-z0-9]+)*)-(?P<subject>[a-z2-7]{10})-(?P<occurrence>[a-z2-7]{10})-(?P<repeat>[0-9]+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key taken apart."""

    rule: str
    subject_hash: str
    occurrence_hash: str
    repeat: int


def key_of(finding: Finding, repeat: int) -> str:
    """`kw1-<rule>-<subject hash>-<occurrence hash>-<repeat>`, at most 73 characters."""
    return f"kw1-{finding.rule}-{finding.subject_hash}-{finding.occurrence_hash}-{repeat}"


def read_key(text: str) -> Key | None:
    """The key's parts; None for a key that is not of this form (a canary, another program's)."""
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    return Key(
        rule=found["rule"],
        subject_hash=found["subject"],
        occurrence_hash=found["occurrence"],
        repeat=int(found["repeat"]),
    )
