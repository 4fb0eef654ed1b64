"""What one client buys and pays: invoices, deals and contracts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

from sandbox.generate import words
from sandbox.generate.days import recent, working_day
from sandbox.generate.people import seller_of
from sandbox.generate.story import Agency, Bill, Client, Contract, Deal, Tier

_DEAL_SIZE: Mapping[Tier, int] = {"A": 24_000, "B": 9_000, "C": 3_500}


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """Writes what one client buys, from one stream of chance."""

    agency: Agency
    client: Client
    rng: Random

    def bills(self) -> list[Bill]:
        """An invoice a month; one client in twelve pays late, and now and then in part."""
        rng, bills = self.rng, []
        pays_late = rng.random() < 0.08
        for month in range(rng.choice((4, 6, 12)), -1, -1):
            issued = working_day(self._days_ago(month * 30 + rng.randrange(5)))
            due = issued + timedelta(days=30)
            amount = Decimal(_DEAL_SIZE[self.client.tier] // 12 + rng.randrange(0, 900, 5)) * Decimal("1.20")
            overdue = (self.agency.now.date() - due).days
            unpaid = overdue < 0 or (overdue < 75 and rng.random() < (0.6 if pays_late else 0.012))
            part = unpaid and overdue > 20 and rng.random() < 0.25
            balance = (amount / 2 if part else amount) if unpaid else Decimal(0)
            bills.append(
                Bill(
                    number=self.client.n * 20 + month, amount=amount.quantize(Decimal("0.01")), balance=balance.quantize(Decimal("0.01")),
                    issued_on=issued, due_on=due, draft=month == 0 and rng.random() < 0.2,
                    paid_on=None if unpaid else min(due - timedelta(days=rng.randrange(-3, 22)), self._days_ago(0)),
                )
            )  # fmt: skip
        return bills

    def deals(self) -> list[Deal]:
        """Most clients have something going on, with a next step; some were sold or lost before."""
        deals = [self._live()] if self.rng.random() < 0.85 else []
        return deals + [self._closed() for _ in range(self.rng.choice((0, 1, 1, 2)))]

    def contracts(self) -> list[Contract]:
        """Half of the clients have one of a year, which runs for a good while yet."""
        if self.rng.random() < 0.5:
            return []
        return [self.contract_until(self._days_ago(-self.rng.randrange(15, 350)))]

    def contract_until(self, ends_on: date) -> Contract:
        """A contract of a year that ends then."""
        return Contract(
            begins_on=ends_on - timedelta(days=364), ends_on=ends_on, months=12, by=self.client.owner
        )

    def _live(self) -> Deal:
        rng, size = self.rng, _DEAL_SIZE[self.client.tier]
        return Deal(
            name=self._name(), stage="live", amount=size + rng.randrange(0, size, 100),
            made_at=recent(self._days_ago(rng.randrange(10, 160)), rng, self.agency.now),
            closes_on=self._days_ago(-rng.randrange(5, 120)), by=self.client.owner,
            next_step=rng.choice(words.NEXT_STEPS) if rng.random() < 0.85 else "",
        )  # fmt: skip

    def _closed(self) -> Deal:
        rng = self.rng
        closed = working_day(self._days_ago(rng.randrange(20, 330)))
        stage: Literal["won", "lost"] = "won" if rng.random() < 0.75 else "lost"
        return self.sold(closed, stage)

    def sold(self, closed_on: date, stage: Literal["won", "lost"]) -> Deal:
        """A deal that was decided on that day."""
        made = recent(closed_on - timedelta(days=self.rng.randrange(10, 60)), self.rng, self.agency.now)
        return Deal(
            name=self._name(), stage=stage, amount=_DEAL_SIZE[self.client.tier], made_at=made, closes_on=closed_on,
            by=seller_of(self.agency.colleagues),
        )  # fmt: skip

    def _name(self) -> str:
        return f"{self.client.name}: {self.rng.choice(words.DEALS)}"

    def _days_ago(self, days: float) -> date:
        return self.agency.now.date() - timedelta(days=int(days))
