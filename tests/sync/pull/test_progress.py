"""Who looks on sees each read come to its end, be it of everything or of what changed."""

from pathlib import Path

import pytest

from connectors.tasks import Crm
from tests.sync.pull.house import desk_at


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_each_read_is_told_to_its_end(crm: Crm, tmp_path: Path) -> None:
    told: dict[str, tuple[int, int | None]] = {}

    def tell(what: str, rows: int, *, expected: int | None = None, calls_left: int | None = None) -> None:
        told[what] = (rows, expected)

    with desk_at(tmp_path, crm) as desk:
        desk.progress = tell
        desk.crm.put("r1", "name")
        desk.pull()
        assert told == {f"crm {desk.object}": (1, 1), "crm own tasks": (0, 0)}
        desk.crm.pass_time(60)
        desk.crm.put("r2", "new")
        told.clear()
        desk.pull()
        assert told == {f"crm {desk.object}": (2, 2), "crm own tasks": (0, 0)}
