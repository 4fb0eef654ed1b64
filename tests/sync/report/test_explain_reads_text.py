"""How far the records were read is told by connection, and what is not complete with its reason."""

from datetime import datetime, timedelta

from sync.explaining.reads import Read
from sync.report.explain_reads_text import read_words, unread_words

NINE = datetime(2026, 5, 12, 9)


def read(record: str, name: str, *, at: datetime | None = NINE, reason: str = "") -> Read:
    return Read(
        record=record, connection="sf", object=name, read_at=at, is_complete=not reason, reason=reason
    )


def test_a_connection_is_as_far_as_its_oldest_read() -> None:
    reads = [read("account", "Account"), read("activity", "Task", at=NINE - timedelta(hours=1)), read("commitment", "Task")]  # fmt: skip

    assert read_words(reads) == ["sf Account, Task: complete as of Tue 12 May 2026, 09:00 UTC"]
    assert read_words(reads[:2]) == ["sf Account, Task: complete as of Tue 12 May 2026, 08:00 UTC"]


def test_what_is_not_complete_is_told_with_its_reason() -> None:
    reads = [
        read("invoice", "Invoice", at=None, reason="the org has no Invoice"),
        read("activity", "Task", reason="cut short"),
    ]

    assert unread_words([*reads, *reads]) == [
        "sf Invoice: the org has no Invoice",
        "sf Task: not complete since Tue 12 May 2026, 09:00 UTC: cut short",
    ]
    assert read_words(reads) == []
