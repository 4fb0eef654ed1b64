"""Room for why a run ended before it was done."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the column; of older runs no more is known than their outcome."""
    op.add_column("runs", sa.Column("reason", sa.Text(), nullable=True))
