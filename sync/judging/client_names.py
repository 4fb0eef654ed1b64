"""What the clients are called that tasks and findings concern, whether a rule fires for them now or not."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from rules.engine import Engine
from rules.findings import Judgement
from rules.wording import tame
from sync.plan.episodes import OwnTask

_NAMES = """
select a.id, max(r.name) as name from raw_account r join asked_client a on a.record_id = r.account_id group by a.id
"""


def client_names(
    engine: Engine, judgement: Judgement, tasks: Iterable[OwnTask], merged: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Record of a client -> its name, empty for one without; a record that is gone from the CRM has none.

    `merged`: record -> those that the CRM has merged into it, which older tasks still name.
    """
    winners = {loser: winner for winner, losers in merged.items() for loser in losers}
    asked = {each.subject_id for each in judgement.unknown if each.subject_id}
    asked.update(each.account_id for each in judgement.findings if each.account_id)
    asked.update(f"{own.org_id}:{account}" for own in tasks for account in own.task.account_ids)
    if not asked:
        return {}
    ids = sorted(asked)
    rows = pa.table(
        {"id": ids, "record_id": [winners.get(each, each) for each in ids]},
        schema=pa.schema([("id", pa.string()), ("record_id", pa.string())]),
    )
    engine.keep("asked_client", rows)
    found = engine.query(_NAMES)
    names = zip(found["id"].to_pylist(), found["name"].to_pylist(), strict=True)
    return {id_: tame(name or "") for id_, name in names}
