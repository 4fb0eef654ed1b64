"""What `keptword findings --json` says of a finding."""

import json
from datetime import datetime

from rules.findings import Finding, Judgement
from sync.report.answer import as_json
from sync.report.documents import findings_document

TOUCHED_AT = datetime(2024, 4, 1, 12)


def test_a_finding_tells_its_facts_and_its_occurrence_with_instants_in_utc() -> None:
    finding = Finding(
        rule="stale-contact", severity="normal", subject_id="00D:1", account_id="00D:1",
        facts={"account_name": "Acme", "last_touch_at": TOUCHED_AT, "account_tier": "A"},
        occurrence=(TOUCHED_AT,), evidence=frozenset({"last_touch_at"}),
    )  # fmt: skip
    judgement = Judgement(as_of=TOUCHED_AT, findings=(finding,), unknown=(), subjects={"account": 1})
    (told,) = json.loads(as_json(findings_document(judgement, [finding])))["findings"]
    assert told["facts"] == {"last_touch_at": "2024-04-01T12:00:00Z"}
    assert told["occurrence"] == ["2024-04-01T12:00:00Z"]
