"""What a rehearsal knows of an invoice on a past day."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from rules.case import Case
from rules.prepare import prepare
from sync.engine.duckdb_engine import DuckDbEngine
from tests.rules.small_org import LONDON, NOW, SmallOrg, days_ago

TODAY = NOW.date()


def unpaid(**values: Any) -> list[Any]:
    """What was unpaid of the only invoice of 900 twenty days ago, and what is now."""
    org = SmallOrg()
    org.account(created=days_ago(300))
    issued: dict[str, Any] = {
        "InvoiceDate": TODAY - timedelta(days=60),
        "DueDate": TODAY - timedelta(days=30),
    }
    org.add("Invoice", "i1", BillingAccountId="a1", TotalAmountWithTax=Decimal(900), **issued, **values)
    with DuckDbEngine() as engine:
        case = Case(
            sources=org.views(engine), unavailable={}, as_of=NOW, earlier=[days_ago(20)],
            timezone="Europe/London", working=LONDON,
        )  # fmt: skip
        prepare(engine, case)
        rows = engine.query("select invoice_balance as balance from fact_invoice order by judged_at")
    return [row["balance"] for row in rows.to_pylist()]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"Status": "Posted", "Balance": Decimal(900)}, [900, 900]),
        ({"Status": "Posted", "Balance": Decimal(0), "FullSettlementDate": days_ago(9)}, [900, 0]),
        ({"Status": "Posted", "Balance": Decimal(0), "FullSettlementDate": days_ago(25)}, [0, 0]),
    ],
)
def test_before_an_invoice_was_paid_all_of_it_was_unpaid(values: dict[str, Any], expected: list[int]) -> None:
    assert unpaid(**values) == expected
