"""Addresses under `tasks` that no connected CRM knows are named with their line: nothing there is swallowed."""

from datetime import date
from pathlib import Path

from structlog.testing import capture_logs

from sync.config.read import read_config
from sync.people.rota import warn_of_strangers
from tests.sync.plan.situations import person

CONFIG = """
[company]
timezone = "Europe/London"
calendar = { country = "GB" }
[tasks]
fallback = "nobody@us.example"
[[tasks.away]]
person = "Anne@us.example"
first = 2026-05-01
last = 2026-05-20
cover = "CAT@us.example"
[[tasks.away]]
person = "long.gone@us.example"
first = 2026-04-01
last = 2026-04-30
[connections.sf]
crm = "salesforce"
login = { kind = "token", token = "env:SF", instance_url = "https://acme.my.salesforce.com" }
"""


def warnings(folder: Path, *people: str) -> list[tuple[str, ...]]:
    """What is said of each address: file and key, address, and the one that may be meant."""
    file = folder / "keptword.toml"
    file.write_text(CONFIG, encoding="utf-8")
    known = [person(name, is_active=name != "nobody") for name in people]
    with capture_logs() as logs:
        warn_of_strangers(read_config(file), known, today=date(2026, 5, 12))
    return [
        (each["place"].removeprefix(f"{folder}/"), each["address"], each.get("did_you_mean", ""))
        for each in logs
    ]


def test_an_address_that_nobody_at_work_has_is_named_with_its_line(tmp_path: Path) -> None:
    assert warnings(tmp_path, "ann", "cat", "nobody") == [
        ("keptword.toml:6: tasks.fallback", "nobody@us.example", ""),
        ("keptword.toml:8: tasks.away[1].person", "Anne@us.example", "ann@us.example"),
    ]


def test_a_cover_counts_too_and_an_absence_that_is_over_does_not(tmp_path: Path) -> None:
    assert [address for _, address, _ in warnings(tmp_path, "anne", "nobody", "bob")] == [
        "nobody@us.example",
        "CAT@us.example",
    ]
