"""Room for since when changes of a field are seen."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "watches",
        sa.Column("org_id", sa.String(length=40), nullable=False),
        sa.Column("object_name", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=255), nullable=False),
        sa.Column("since_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "object_name", "field"),
    )
